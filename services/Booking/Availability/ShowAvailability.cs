using System.Globalization;
using System.Text.Json.Serialization;
using MedTourism.Booking.Offers;
using MedTourism.ServiceDefaults;

namespace MedTourism.Booking.Availability;

/// <summary>The free starts of one offer, day by day in the center's time.</summary>
public static class ShowAvailability
{
    private const int MostDays = 42;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/availability", Handle).AllowAnonymous().RequireRateLimiting("search");

    public sealed record Response(Guid OfferId, string TimeZone, DateOnly From, List<Day> Days, DateOnly? NextDate);

    public sealed record Day(DateOnly Date, List<Start> Starts);

    public sealed record Start([property: JsonPropertyName("start")] DateTimeOffset At, DateTimeOffset End, string LocalTime);

    private static async Task<IResult> Handle(Guid offer, DateOnly? from, int? days, BookingDb db, CancellationToken ct)
    {
        if (await OfferTerms.SoldAsync(db, offer, ct) is not { } terms)
        {
            return Problems.NotFound("offer-unknown", "This offer is not sold here.");
        }

        var now = await db.NowAsync(ct);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var first = from is null || from < today ? today : from.Value;
        if (first > today.AddDays(366))
        {
            return Problems.Fields(("from", "must be within a year from today"));
        }

        var last = first.AddDays(Math.Clamp(days ?? 10, 1, MostDays));
        var starts = await FindStarts.BetweenAsync(db, terms, Midnight(first), Midnight(last), now, ct);
        var later = await FindStarts.NextAsync(db, [terms], Midnight(last), now, 1, ct);
        var byDay = starts.ToLookup(start => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(start.Start, zone).DateTime));
        var list = new List<Day>();
        for (var day = first; day < last; day = day.AddDays(1))
        {
            list.Add(new Day(day, [.. byDay[day].Select(start => new Start(start.Start, start.End, Clock(start.Start)))]));
        }

        return TypedResults.Ok(new Response(offer, terms.TimeZone, first, list, later[offer] is [var next, ..] ? Date(next.Start) : null));

        DateTimeOffset Midnight(DateOnly day) => LocalTime.Opening(day, TimeOnly.MinValue, zone);
        DateOnly Date(DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);
        string Clock(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone).ToString("HH:mm", CultureInfo.InvariantCulture);
    }
}
