using MedTourism.Booking.Offers;
using MedTourism.Booking.Resources;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Demo;

/// <summary>A room for every instant offer whose center has nothing of the kind it needs, so that it can be booked in the demonstration.</summary>
public static class DemoRooms
{
    public static async Task AddAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var offers = await db.OfferTerms.AsNoTracking().Where(x => x.Mode == OfferTerms.Instant).ToListAsync(ct);
        var known = (await db.Resources.AsNoTracking().Select(x => new { x.CenterId, x.Kind }).ToListAsync(ct)).Select(x => (x.CenterId, x.Kind)).ToHashSet();
        foreach (var offer in offers)
        {
            foreach (var kind in offer.ResourceKinds.Where(kind => known.Add((offer.CenterId, kind))))
            {
                var id = Resource.IdOf($"demo:{offer.CenterId}:{kind}", 1);
                var name = $"{char.ToUpperInvariant(kind[0])}{kind[1..].Replace('-', ' ')} (demo)";
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO resources (id, center_id, kind, name, time_zone, status, slot_minutes, demo)
                    VALUES ({id}, {offer.CenterId}, {kind}, {name}, {offer.TimeZone}, 'open', {Math.Clamp(offer.DurationMinutes, 15, 60)}, true)
                    ON CONFLICT DO NOTHING
                    """,
                    ct);
                await DefaultHours.AddIfNoneAsync(db, id, ct);
            }
        }
    }
}
