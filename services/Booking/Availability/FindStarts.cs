using MedTourism.Booking.Offers;

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

    public static async Task<List<Interval>> BetweenAsync(
        BookingDb db, OfferTerms offer, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, CancellationToken ct) =>
        (await BetweenAsync(db, [offer], from, to, now, int.MaxValue, ct))[offer.OfferId];

    /// <summary>The free starts closest to the one that cannot be had, earliest first.</summary>
    public static async Task<List<Interval>> NearestAsync(
        BookingDb db, OfferTerms offer, DateTimeOffset wanted, DateTimeOffset now, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var middle = wanted < now ? now : wanted > now + Horizon ? now + Horizon : wanted;
        List<Interval> nearest = [];
        foreach (var days in NearestDays)
        {
            var found = await BetweenAsync(db, offer, middle.AddDays(-days), middle.AddDays(days), now, ct);
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
        BookingDb db, IReadOnlyCollection<OfferTerms> offers, DateTimeOffset from, DateTimeOffset now, int count, CancellationToken ct)
    {
        var found = offers.ToDictionary(offer => offer.OfferId, _ => new List<Interval>());
        var start = from;
        var missing = offers.Where(offer => offer.IsInstant).ToList();
        foreach (var days in NextDays)
        {
            var end = from.AddDays(days);
            foreach (var (id, starts) in await BetweenAsync(db, missing, start, end, now, count, ct))
            {
                found[id].AddRange(starts.Take(count - found[id].Count));
            }

            missing.RemoveAll(offer => found[offer.OfferId].Count >= count);
            start = end;
            if (missing.Count == 0)
            {
                break;
            }
        }

        return found;
    }

    private static async Task<Dictionary<Guid, List<Interval>>> BetweenAsync(
        BookingDb db, IReadOnlyCollection<OfferTerms> offers, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, int most, CancellationToken ct)
    {
        var notBefore = now + LeadTime;
        from = from > notBefore ? from : notBefore;
        to = to < now + Horizon ? to : now + Horizon;
        var sold = offers.Where(offer => offer.IsInstant).ToList();
        var result = offers.ToDictionary(offer => offer.OfferId, _ => new List<Interval>());
        if (sold.Count == 0 || from >= to)
        {
            return result;
        }

        var longest = TimeSpan.FromMinutes(sold.Max(offer => offer.DurationMinutes));
        var calendars = await Calendars.LoadAsync(db, sold, from, to + longest, ct);
        var busy = await Calendars.BusyAsync(db, sold.SelectMany(calendars.For), from, to + longest, ct);
        foreach (var offer in sold)
        {
            result[offer.OfferId] = FreeStarts.Compute(
                offer.ResourceKinds, offer.DurationMinutes, calendars.For(offer), calendars.Holidays, busy, from, to, notBefore, most);
        }

        return result;
    }
}
