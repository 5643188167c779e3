using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>The agency whose waiting patient a hold was made for, and since when it lets them wait.</summary>
public sealed record EnteredBy(Guid AgencyId, DateTimeOffset Since)
{
    /// <summary>Null for time that nobody waited for, or a patient without an agency.</summary>
    public static Task<EnteredBy?> OfHoldAsync(BookingDb db, Guid holdId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return (
            from offer in db.WaitlistOffers.AsNoTracking()
            where offer.HoldId == holdId
            join entry in db.WaitlistEntries on offer.EntryId equals entry.Id
            where entry.OrganisationId != null
            select new EnteredBy(entry.OrganisationId!.Value, entry.JoinedAt)).SingleOrDefaultAsync(ct);
    }
}
