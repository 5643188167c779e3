using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>Who may see a booking: who has its key, the account that placed it, and its own center.</summary>
public static class BookingAccess
{
    /// <summary>A booking that does not exist and one that is not the caller's look alike.</summary>
    public static ProblemHttpResult Unknown() => Problems.NotFound("booking-unknown", "There is no such booking, or you cannot see it.");

    /// <summary>The booking and as whom the caller sees it (<c>patient</c>, <c>clinic</c>, <c>operator</c>); null if not at all.</summary>
    public static async Task<(Booking Booking, string As)?> FindAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(http);
        var booking = await db.Bookings.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, ct);
        if (booking is null)
        {
            return null;
        }

        var caller = http.Caller();
        if (caller.OrganisationKind == "clinic" && caller.OrganisationRef == booking.CenterId)
        {
            return (booking, "clinic");
        }

        if (caller.OrganisationKind == "operator")
        {
            return (booking, "operator");
        }

        if (caller.Subject is { } subject && subject == booking.PatientSubject)
        {
            return (booking, "patient");
        }

        var key = http.Request.Headers[AccessKey.Header].ToString();
        var hashes = await db.BookingKeys.AsNoTracking().Where(x => x.BookingId == id).Select(x => x.KeyHash).ToListAsync(ct);
        return hashes.Exists(hash => AccessKey.Opens(key, hash)) ? (booking, "patient") : null;
    }
}
