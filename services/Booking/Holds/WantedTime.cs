using MedTourism.Booking.Availability;
using MedTourism.Booking.Offers;
using Npgsql;

namespace MedTourism.Booking.Holds;

/// <summary>A start that seems free, with the resources to take for it, in the order of their ids. Whether it is free is decided when they are taken.</summary>
public sealed record WantedTime(OfferTerms Offer, Interval Time, IReadOnlyList<Guid> Resources)
{
    private const int Alternatives = 3;

    /// <summary>
    /// A quick look without a transaction: it costs nobody a lock, and most who come too late learn it here. Who is <paramref name="tooLate"/> already
    /// learns what else is free.
    /// </summary>
    public static async Task<(WantedTime? Wanted, Refusal? Refusal)> LookAsync(
        NpgsqlDataSource database, Guid offer, DateTimeOffset start, bool tooLate, CancellationToken ct)
    {
        if (await OfferTimes.ReadAsync(database, offer, start, TimeSpan.Zero, ct) is not { } times)
        {
            return (null, new Refusal(404, "offer-unknown", "This offer is not sold here."));
        }

        if (!times.Terms.IsInstant)
        {
            return (null, new Refusal(422, "not-bookable-online", "This treatment is arranged with the center; its time cannot be held online."));
        }

        if (Offered(times, start) is not { } time)
        {
            return (null, await WithNearestAsync(
                database, times, start, 422, "start-not-offered",
                "This start is not offered: it is past, too soon, outside opening hours or between the offered starts.", ct));
        }

        if (times.Tracers.WhyNot(times.Terms, start) is { } noTracer)
        {
            return (null, await WithNearestAsync(database, times, start, 409, "no-tracer", noTracer.Detail, ct) with { Tracer = noTracer });
        }

        return !tooLate && Choose(times, time) is { } chosen
            ? (new WantedTime(times.Terms, time, chosen), null)
            : (null, await WithNearestAsync(database, times, start, 409, "time-taken", "Someone just took this time.", ct));
    }

    /// <summary>The time from this start on, if it could be sold were nothing taken.</summary>
    private static Interval? Offered(OfferTimes times, DateTimeOffset start)
    {
        if (start < times.Now + FindStarts.LeadTime || start > times.Now + FindStarts.Horizon)
        {
            return null;
        }

        var (offer, calendars) = (times.Terms, times.Calendars);
        var found = FreeStarts.Compute(
            offer.ResourceKinds, offer.DurationMinutes, calendars.For(offer), calendars.Holidays, new Dictionary<Guid, List<Interval>>(),
            start, start.AddTicks(1), times.Now + FindStarts.LeadTime);
        return found is [var time] ? time : null;
    }

    /// <summary>The first free resource of every kind, or null if a kind has none.</summary>
    private static List<Guid>? Choose(OfferTimes times, Interval time)
    {
        var (offer, calendars) = (times.Terms, times.Calendars);
        var free = FreeStarts.OpenFor(offer.ResourceKinds, calendars.For(offer), calendars.Holidays, time)
            .Where(resource => !times.Busy.TryGetValue(resource.Id, out var busy) || !busy.Exists(time.Overlaps))
            .DistinctBy(resource => resource.Kind)
            .ToList();
        return free.Count == offer.ResourceKinds.Distinct().Count() ? free.ConvertAll(resource => resource.Id) : null;
    }

    private static async Task<Refusal> WithNearestAsync(
        NpgsqlDataSource database, OfferTimes times, DateTimeOffset start, int status, string slug, string detail, CancellationToken ct)
    {
        // Side by side: in a rush, each question would wait its turn behind hundreds of requests.
        var nearest = FindStarts.NearestAsync(database, times.Terms.OfferId, start, times.Now, Alternatives, ct);
        var reasons = slug == "no-tracer" ? Task.FromResult<List<ExplainRefusal.Reason>>([new(slug, detail)])
            : ExplainRefusal.WhyAsync(database, times.Terms, start, times.Now, slug == "time-taken", ct);
        await Task.WhenAll(nearest, reasons);
        return new Refusal(status, slug, detail, (await nearest).ConvertAll(x => new Refusal.Alternative(x.Start, x.End)), await reasons);
    }
}
