using MedTourism.Booking.Offers;
using MedTourism.Booking.Tracers;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>Free starts of offers in the database, as of now.</summary>
public static class FindStarts
{
    /// <summary>A center needs this long to expect the patient.</summary>
    public static readonly TimeSpan LeadTime = TimeSpan.FromHours(2);

    /// <summary>Nothing later than this is sold.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(365);

    private static readonly int[] NearestDays = [3, 14, 60];
    private static readonly int[] NextDays = [4, 14, 60];

    /// <summary>The free starts closest to the one that cannot be had, earliest first.</summary>
    public static async Task<List<Interval>> NearestAsync(
        NpgsqlDataSource database, Guid offer, DateTimeOffset wanted, DateTimeOffset now, int count, CancellationToken ct)
    {
        var middle = wanted < now ? now : wanted > now + Horizon ? now + Horizon : wanted;
        List<Interval> nearest = [];
        foreach (var days in NearestDays)
        {
            var (from, to) = (middle.AddDays(-days), middle.AddDays(days));
            var found = await OfferTimes.ReadAsync(database, offer, from, to - from, ct) is { } times ? times.Starts(from, to) : [];
            nearest = [.. found.Where(x => x.Start != wanted).OrderBy(x => (x.Start - middle).Duration()).Take(count).OrderBy(x => x.Start)];
            if (nearest.Count == count)
            {
                break;
            }
        }

        return nearest;
    }

    /// <summary>The first free starts of many offers. Near days are asked first, because most offers have time there.</summary>
    public static async Task<Dictionary<Guid, List<Interval>>> NextAsync(
        NpgsqlDataSource database, IReadOnlyCollection<OfferTerms> offers, DateTimeOffset from, DateTimeOffset now, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(ct);
        var found = offers.ToDictionary(offer => offer.OfferId, _ => new List<Interval>());
        var start = from;
        var missing = offers.Where(offer => offer.IsInstant).ToList();
        var tracers = await TracerRoom.LoadAsync(connection, missing, start, ct);
        foreach (var days in NextDays)
        {
            if (missing.Count == 0 || start >= now + Horizon)
            {
                break;
            }

            var end = from.AddDays(days);
            var longest = TimeSpan.FromMinutes(missing.Max(offer => offer.DurationMinutes));
            var centers = await CenterTimes.ReadAsync(connection, KnownCalendars.Of(database), missing, new Interval(start, end + longest), ct);
            foreach (var offer in missing)
            {
                var (starts, center) = (found[offer.OfferId], centers[offer.CenterId]);
                starts.AddRange(Compute(offer, center.Calendars, center.Busy, tracers, start, end, now, count - starts.Count));
            }

            missing.RemoveAll(offer => found[offer.OfferId].Count >= count);
            start = end;
        }

        return found;
    }

    /// <summary>The free starts between two moments that are neither too soon nor too far to be sold.</summary>
    public static List<Interval> Compute(
        OfferTerms offer, Calendars calendars, Dictionary<Guid, List<Interval>> busy, TracerRoom tracers, DateTimeOffset from, DateTimeOffset to,
        DateTimeOffset now, int most)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(calendars);
        ArgumentNullException.ThrowIfNull(tracers);
        var starts = FreeStarts.Compute(
            offer.ResourceKinds, offer.DurationMinutes, calendars.For(offer), calendars.Holidays, busy, from, to < now + Horizon ? to : now + Horizon, now + LeadTime,
            tracers.Limits(offer) ? int.MaxValue : most);
        return tracers.Served(offer, starts, most);
    }
}
