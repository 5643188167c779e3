using MedTourism.Booking.Sessions;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>Reading a booking to change it, and writing it with its events. Rows are locked in the order hold, booking, allocations.</summary>
public static class BookingRows
{
    /// <summary>Locks the row until the transaction ends.</summary>
    public static async Task<Booking> ForUpdateAsync(this DbSet<Booking> bookings, Guid id, CancellationToken ct) =>
        (await bookings.FromSql($"SELECT * FROM bookings WHERE id = {id} FOR UPDATE").ToListAsync(ct)).Single();

    public static async Task SaveAsync(this BookingDb db, Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        db.BookingEvents.AddRange(booking.Events);
        await db.SaveChangesAsync(ct);
        booking.Saved();
    }

    public static BookingConfirmed ToConfirmed(this Booking booking, IEnumerable<Session> sessions)
    {
        ArgumentNullException.ThrowIfNull(booking);
        return new BookingConfirmed(
            booking.Id, booking.Reference, booking.OfferId, booking.ProcedureId, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.CityId,
            booking.ServiceLine, booking.TimeZone, booking.StartsAt, booking.EndsAt, booking.PriceMinor, booking.DepositMinor, booking.Currency,
            CancellationQuote.Terms(booking.CancellationLadder, booking.StartsAt, booking.DepositPaidMinor), booking.Sequence, booking.Demo, booking.ChangedAt,
            [.. sessions.Select(x => x.ToBooked())]);
    }

    public static BookedSession ToBooked(this Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new BookedSession(session.Id, session.Number, session.Phase, session.StartsAt, session.EndsAt, session.State, session.Sequence);
    }

    public static BookingCancelled ToCancelled(this Booking booking, IEnumerable<Session>? sessions = null)
    {
        ArgumentNullException.ThrowIfNull(booking);
        return new BookingCancelled(
            booking.Id, booking.Reference, booking.OfferId, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.TimeZone, booking.StartsAt,
            booking.EndsAt, booking.RefundDueMinor, booking.Currency, booking.CancelledBy ?? "patient", booking.Sequence, booking.ChangedAt,
            sessions?.Select(x => x.ToBooked()).ToArray());
    }
}
