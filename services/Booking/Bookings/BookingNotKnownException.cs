using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>A message about a booking that is not here yet: thrown, so that it is tried again later.</summary>
public sealed class BookingNotKnownException(string message) : Exception(message)
{
    /// <summary>The hold a booking was made of, read without a lock: it never changes.</summary>
    public static async Task<Guid?> HoldOfAsync(BookingDb db, Guid bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var known = await db.Bookings.AsNoTracking().Where(x => x.Id == bookingId).Select(x => new { x.HoldId }).SingleOrDefaultAsync(ct);
        return known is null ? throw new BookingNotKnownException($"Booking {bookingId} is not known yet.") : known.HoldId;
    }
}
