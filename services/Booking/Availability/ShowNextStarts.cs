using System.Globalization;
using System.Text.Json.Serialization;
using MedTourism.Booking.Offers;
using MedTourism.ServiceDefaults;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>The first free starts of up to fifty offers, from a day on or from now, for lists of search results.</summary>
public static class ShowNextStarts
{
    private const int MostOffers = 50;
    private const int MostStarts = 10;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/availability/next", Handle).AllowAnonymous().RequireRateLimiting("search");

    public sealed record Response(Guid OfferId, string TimeZone, List<Start> Starts);

    public sealed record Start([property: JsonPropertyName("start")] DateTimeOffset At, DateOnly LocalDate, string LocalTime);

    private static async Task<IResult> Handle(string offers, int? count, DateOnly? from, BookingDb db, NpgsqlDataSource database, CancellationToken ct)
    {
        var parts = offers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var ids = new List<Guid>();
        foreach (var part in parts)
        {
            if (!Guid.TryParse(part, out var id))
            {
                return Problems.Fields(("offers", "must be offer ids separated by commas"));
            }

            ids.Add(id);
        }

        if (ids.Count is 0 or > MostOffers)
        {
            return Problems.Fields(("offers", $"must be 1 to {MostOffers} offer ids"));
        }

        var terms = await OfferTerms.SoldAsync(db, ids, ct);
        var now = await db.NowAsync(ct);
        if (from > DateOnly.FromDateTime(now.UtcDateTime).AddDays(366))
        {
            return Problems.Fields(("from", "must be within a year from today"));
        }

        var next = await FindStarts.NextAsync(database, terms, Begin(from, terms, now), now, Math.Clamp(count ?? 3, 1, MostStarts), ct);
        return TypedResults.Ok(ids.Distinct().Join(terms, id => id, offer => offer.OfferId, (_, offer) => Describe(offer, next[offer.OfferId])).ToList());
    }

    /// <summary>The first midnight of that day at any of their centers, or now if that is later. A day before UTC's today began everywhere in the country.</summary>
    private static DateTimeOffset Begin(DateOnly? from, List<OfferTerms> terms, DateTimeOffset now) =>
        from is { } day && day >= DateOnly.FromDateTime(now.UtcDateTime) && terms.Count > 0 && terms.Min(offer => LocalTime.Opening(day, TimeOnly.MinValue, TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone))) is var midnight && midnight > now
            ? midnight : now;

    private static Response Describe(OfferTerms offer, List<Interval> starts)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone);
        return new Response(offer.OfferId, offer.TimeZone, [.. starts.Select(start =>
        {
            var local = TimeZoneInfo.ConvertTime(start.Start, zone);
            return new Start(start.Start, DateOnly.FromDateTime(local.DateTime), local.ToString("HH:mm", CultureInfo.InvariantCulture));
        })]);
    }
}
