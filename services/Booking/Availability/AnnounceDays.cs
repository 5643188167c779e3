using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>
/// Tells the days on which an offer has a free start, whenever they are others than told before, so that a search may be ordered by them. Days change far
/// more rarely than times. Any number of replicas may do so at once.
/// </summary>
public static class AnnounceDays
{
    /// <summary>So far ahead days are told.</summary>
    public const int Days = 92;

    /// <summary>Looks at every offer once.</summary>
    /// <returns>How many changed.</returns>
    /// <exception cref="AggregateException">Some could not be looked at.</exception>
    public static async Task<int> RunOnceAsync(IServiceScopeFactory scopes, NpgsqlDataSource database, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        var changed = 0;
        List<Exception> failures = [];
        foreach (var (offer, told) in await ToldAsync(database, ct))
        {
            try
            {
                changed += await LookAsync(scopes, database, offer, told, ct) ? 1 : 0;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failures.Add(failure); // the others are told all the same
            }
        }

        return failures.Count == 0 ? changed : throw new AggregateException(failures);
    }

    private static async Task<bool> LookAsync(IServiceScopeFactory scopes, NpgsqlDataSource database, Guid offer, DateOnly[]? told, CancellationToken ct)
    {
        // From its center's today on; an offer that is not sold (any more) has no days.
        var times = await OfferTimes.ReadAsync(database, offer, DateTimeOffset.UnixEpoch, TimeSpan.FromDays(Days), ct);
        var days = times is null ? [] : FreeDaysOf(times);
        if (told is not null && days.SequenceEqual(told))
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        var (db, bus) = (scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>());
        return await TellAsync(db, bus, offer, days, times?.Now, ct);
    }

    /// <summary>Tells the days unless they were told already, or a later look was. False if nothing is told.</summary>
    public static async Task<bool> TellAsync(BookingDb db, IPublishEndpoint bus, Guid offer, DateOnly[] days, DateTimeOffset? asOf, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return await db.InTransactionAsync(
            async () =>
            {
                var told = await db.Database.SqlQuery<DateTimeOffset>(
                    $"""
                    INSERT INTO announced_days AS told (offer_id, days, as_of) VALUES ({offer}, {days}, coalesce({asOf}, now()))
                    ON CONFLICT (offer_id) DO UPDATE SET days = excluded.days, as_of = excluded.as_of
                    WHERE told.days <> excluded.days AND told.as_of < excluded.as_of
                    RETURNING as_of AS "Value"
                    """).ToListAsync(ct);
                if (told is not [var since])
                {
                    return false;
                }

                await bus.PublishFor(offer, new OfferDaysChanged(offer, days, since), ct);
                return true;
            },
            ct);
    }

    private static DateOnly[] FreeDaysOf(OfferTimes times)
    {
        var clock = new LocalClock(TimeZoneInfo.FindSystemTimeZoneById(times.Terms.TimeZone));
        return [.. times.Starts(times.Now, times.Now.AddDays(Days)).Select(start => DateOnly.FromDateTime(clock.At(start.Start))).Distinct()];
    }

    /// <summary>Every offer that has days, or had some when it was told last, with what was told.</summary>
    private static async Task<List<(Guid Offer, DateOnly[]? Told)>> ToldAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT offer_id, told.days FROM (SELECT offer_id FROM offer_terms WHERE mode = 'instant') AS offers FULL JOIN announced_days told USING (offer_id)
            WHERE offers.offer_id IS NOT NULL OR told.days <> '{}'
            ORDER BY offer_id
            """);
        await using var rows = await command.ExecuteReaderAsync(ct);
        List<(Guid, DateOnly[]?)> all = [];
        while (await rows.ReadAsync(ct))
        {
            all.Add((rows.GetGuid(0), rows.IsDBNull(1) ? null : rows.GetFieldValue<DateOnly[]>(1)));
        }

        return all;
    }

    public sealed class Worker(IServiceScopeFactory scopes, NpgsqlDataSource database, TimeProvider clock, IOptions<BookingOptions> options, ILogger<Worker> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (true)
            {
                var changed = 0;
                try
                {
                    changed = await RunOnceAsync(scopes, database, stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogError(exception, "Telling free days failed; the next look follows");
                }

                // Where something changed, more may follow soon.
                var pause = options.Value.AnnounceDaysSeconds / (changed > 0 ? 6.0 : 1.0);
                await Task.Delay(TimeSpan.FromSeconds(pause), clock, stoppingToken);
            }
        }
    }
}
