using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>Who may see an entry: who has its key, the account that joined, and the agency that entered the patient.</summary>
public static class WaitlistAccess
{
    /// <summary>An entry that does not exist and one that is not the caller's look alike.</summary>
    public static ProblemHttpResult Unknown() => Problems.NotFound("waitlist-entry-unknown", "There is no such entry, or you cannot see it.");

    public static async Task<WaitlistEntry?> FindAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(http);
        var entry = await db.WaitlistEntries.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, ct);
        if (entry is null)
        {
            return null;
        }

        var caller = http.Caller();
        var agency = caller.OrganisationKind == "agency" && caller.OrganisationId is { } organisation && organisation == entry.OrganisationId;
        var account = caller.Subject is { } subject && subject == entry.PatientSubject;
        return agency || account || AccessKey.Opens(http.Request.Headers[AccessKey.Header].ToString(), entry.AccessKeyHash) ? entry : null;
    }

    public static async Task<Guid?> LiveHoldAsync(BookingDb db, Guid entryId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return await db.WaitlistOffers.AsNoTracking()
            .Where(x => x.EntryId == entryId && x.State == WaitlistOffer.Live).Select(x => (Guid?)x.HoldId).SingleOrDefaultAsync(ct);
    }
}
