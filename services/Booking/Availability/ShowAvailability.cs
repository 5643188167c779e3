using MedTourism.ServiceDefaults;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>The free starts of one offer, day by day in the center's time.</summary>
public static class ShowAvailability
{
    private const int MostDays = 42;

    /// <summary>Read along with the wanted days, because most offers have time within them, also over a weekend; then the day after is known without asking again.</summary>
    private const int DaysAfter = 3;

    // A local midnight is at most so far before or after that of UTC.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(14);
    private static readonly TimeSpan Behind = TimeSpan.FromHours(12);

    private static readonly DateOnly LongAgo = new(2000, 1, 1);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/availability", Handle).AllowAnonymous().RequireRateLimiting("search");

    private static async Task<IResult> Handle(Guid offer, DateOnly? from, int? days, NpgsqlDataSource database, CancellationToken ct)
    {
        var count = Math.Clamp(days ?? 10, 1, MostDays);

        // Whatever is past, the database reads from its now on.
        var begin = from > LongAgo ? new DateTimeOffset(from.Value.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) - Ahead : DateTimeOffset.UnixEpoch;
        if (await OfferTimes.ReadAsync(database, offer, begin, TimeSpan.FromDays(count + DaysAfter) + Ahead + Behind, ct) is not { } times)
        {
            return Problems.NotFound("offer-unknown", "This offer is not sold here.");
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(times.Terms.TimeZone);
        var today = Date(times.Now);
        var first = from is null || from < today ? today : from.Value;
        if (first > today.AddDays(366))
        {
            return Problems.Fields(("from", "must be within a year from today"));
        }

        var last = first.AddDays(count);
        var (start, end, after) = (Midnight(first), Midnight(last), Midnight(last.AddDays(DaysAfter)));
        var later = times.Starts(end, after, 1);
        if (later.Count == 0)
        {
            later = (await FindStarts.NextAsync(database, [times.Terms], after, times.Now, 1, ct))[offer];
        }

        return new FreeDays(offer, times.Terms.TimeZone, first, last, times.Starts(start, end), later is [var next, ..] ? Date(next.Start) : null);

        DateTimeOffset Midnight(DateOnly day) => LocalTime.Opening(day, TimeOnly.MinValue, zone);
        DateOnly Date(DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);
    }
}
