using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Holds;

/// <summary>Announces holds whose time is over and tidies up after them. They held nothing since that moment, swept or not.</summary>
public static class ExpireHolds
{
    private const int Batch = 100;

    public static Task<int> RunOnceAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                // Decided and claimed in one statement, so two replicas never expire the same hold.
                var due = await db.Holds.FromSql(
                    $"""
                    UPDATE holds SET state = 'expired', holder = NULL
                    WHERE id IN (SELECT id FROM holds WHERE state = 'held' AND expires_at <= now()
                                 ORDER BY expires_at LIMIT {Batch} FOR UPDATE SKIP LOCKED)
                    RETURNING *
                    """).AsNoTracking().ToListAsync(ct);
                await FreedTime.LockAsync(db, due.Select(hold => hold.CenterId), ct);
                await EndAsync(db, bus, due, ct);

                // Also those whose hold is gone another way; rows that someone else is removing are left to them.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    DELETE FROM allocations
                    WHERE id IN (SELECT id FROM allocations WHERE state = 'held' AND expires_at <= now() LIMIT {Batch * 5} FOR UPDATE SKIP LOCKED)
                    """,
                    ct);
                return due.Count;
            },
            ct);
    }

    /// <summary>Marks the holds as expired, and the bookings that waited on them, and says so. Their rows are locked already.</summary>
    public static async Task EndAsync(BookingDb db, IPublishEndpoint bus, IReadOnlyCollection<Hold> holds, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (holds.Count == 0)
        {
            return;
        }

        var now = await db.NowAsync(ct);
        var freed = new List<(string Center, Interval Time)>();
        foreach (var hold in holds.OrderBy(hold => hold.BookingId))
        {
            await db.Database.ExecuteSqlAsync($"UPDATE holds SET state = 'expired', holder = NULL WHERE id = {hold.Id} AND state = 'held'", ct);
            freed.AddRange((await GiveBackTime.OfHoldAsync(db, hold.Id, ct)).Select(time => (hold.CenterId, time)));
            await BookSessions.CancelAsync(db, hold.Id, null, ct);
            if (hold.BookingId is { } bookingId)
            {
                var booking = await db.Bookings.ForUpdateAsync(bookingId, ct);
                if (booking.Expire(now))
                {
                    await db.SaveAsync(booking, ct);
                }
            }

            await bus.PublishFor(
                hold.BookingId ?? hold.Id, new HoldExpired(hold.Id, hold.BookingId, hold.OfferId, hold.CenterId, hold.StartsAt, now), ct);

            // A hold that ends early, with its machine, is not held against the one it was offered to.
            freed.AddRange((await PassOn.EndedAsync(db, bus, hold, lapsed: hold.ExpiresAt <= now, now, ct)).Select(time => (hold.CenterId, time)));
        }

        foreach (var center in freed.GroupBy(x => x.Center, x => x.Time).OrderBy(x => x.Key, StringComparer.Ordinal))
        {
            await FreedTime.NoteAsync(db, bus, center.Key, [.. center], ct);
        }
    }

    public sealed class Worker(IServiceScopeFactory scopes, TimeProvider clock, IOptions<BookingOptions> options, ILogger<Worker> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SweepSeconds), clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogError(exception, "A sweep of expired holds failed; the next one follows");
                }
            }
        }

        private async Task SweepAsync(CancellationToken ct)
        {
            for (var expired = Batch; expired == Batch;)
            {
                await using var scope = scopes.CreateAsyncScope();
                expired = await RunOnceAsync(
                    scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), ct);
                if (expired > 0)
                {
                    log.LogInformation("{Count} holds expired", expired);
                }
            }
        }
    }
}
