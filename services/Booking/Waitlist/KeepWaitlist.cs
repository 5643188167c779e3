using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Waitlist;

/// <summary>Offers what the transactions that freed it left over, and ends entries whose window is past. Any number of replicas may do so at once.</summary>
public static class KeepWaitlist
{
    private const int Batch = 100;

    /// <summary>Works until nothing is due.</summary>
    public static async Task RunAsync(IServiceScopeFactory scopes, ILogger log, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        while (await InScopeAsync(scopes, OfferNextAsync, log, ct) || await InScopeAsync(scopes, EndPastAsync, log, ct) || await InScopeAsync(scopes, LetGoOfSecondAsync, log, ct))
        {
        }
    }

    /// <summary>Takes one freed time that nobody else is working on. False if there is none.</summary>
    public static Task<bool> OfferNextAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                var rows = await db.FreedTimes.FromSql(
                    $"""
                    DELETE FROM freed_times WHERE id IN (SELECT id FROM freed_times WHERE due_at <= now() ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *
                    """).AsNoTracking().ToListAsync(ct);
                if (rows is not [var row])
                {
                    return false;
                }

                await FreedTime.LockMatchingAsync(db, row.CenterId, ct);
                var made = await MatchFreedTime.RunAsync(db, row.CenterId, [new Interval(row.FromAt, row.ToAt)], FreedTime.MostAtOnce, ct);
                await MatchFreedTime.AnnounceAsync(bus, made.Offers, ct);
                if (!made.Finished)
                {
                    // Without offers someone is taking this very time: later then.
                    var wait = made.Offers.Count == 0 ? 15 : 0;
                    await db.Database.ExecuteSqlAsync(
                        $"""
                        INSERT INTO freed_times (center_id, from_at, to_at, due_at) VALUES ({row.CenterId}, {row.FromAt}, {row.ToAt}, now() + make_interval(secs => {wait}))
                        """,
                        ct);
                }

                return true;
            },
            ct);
    }

    /// <summary>Ends entries for which no offer can come any more. False if there are none.</summary>
    public static Task<bool> EndPastAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                var ended = await db.Database.SqlQuery<Guid>(
                    $"""
                    UPDATE waitlist_entries SET state = 'ended', ended_because = 'window-past', caller = NULL, person = NULL, changed_at = now()
                    WHERE id IN (SELECT id FROM waitlist_entries WHERE state = 'waiting' AND to_at <= now() ORDER BY to_at LIMIT {Batch} FOR UPDATE SKIP LOCKED)
                    RETURNING id AS "Value"
                    """).ToArrayAsync(ct);
                await PassOn.ForgetAsync(db, ended, ct);
                return ended.Length > 0;
            },
            ct);
    }

    /// <summary>Late money booked an earlier offer of an entry that has a later one: nobody gets two. False if there is none.</summary>
    public static Task<bool> LetGoOfSecondAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                var second = await db.Database.SqlQuery<Guid>(
                    $"""
                    SELECT o.hold_id AS "Value" FROM waitlist_offers o JOIN waitlist_entries e ON e.id = o.entry_id JOIN holds h ON h.id = o.hold_id
                    WHERE o.state = 'live' AND e.state = 'booked' AND h.state = 'held' LIMIT 1
                    """).ToListAsync(ct);
                return second is [var holdId] && await ReleaseHold.WithBookingAsync(db, bus, holdId, await db.NowAsync(ct), ct) is not null;
            },
            ct);
    }

    private static async Task<bool> InScopeAsync(
        IServiceScopeFactory scopes, Func<BookingDb, IPublishEndpoint, CancellationToken, Task<bool>> step, ILogger log, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            return await step(scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "A step of the waitlist failed; it is tried again");
            return false;
        }
    }

    public sealed class Worker(IServiceScopeFactory scopes, TimeProvider clock, IOptions<BookingOptions> options, ILogger<Worker> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SweepSeconds), clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RunAsync(scopes, log, stoppingToken);
            }
        }
    }
}
