using MedTourism.Booking.Waitlist;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Sessions;

/// <summary>Gives a booking that is being confirmed its sessions: those its hold was placed with, or one for a single visit.</summary>
public static class BookSessions
{
    /// <summary>Call it in the transaction of the confirmation, when the allocations are the booking's.</summary>
    public static async Task<List<Session>> OfAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        var held = await db.Database.ExecuteSqlAsync(
            $"UPDATE sessions SET state = 'booked', booking_id = {booking.Id} WHERE hold_id = {booking.HoldId} AND state IN ('held', 'cancelled')", ct);
        if (held == 0)
        {
            await AddVisitAsync(db, booking, ct);
        }

        await PassOn.BookedAsync(db, booking, ct);
        return await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).OrderBy(x => x.Number).ToListAsync(ct);
    }

    /// <summary>The sessions of a booking or hold that ends; those already delivered stay as they are.</summary>
    public static async Task CancelAsync(BookingDb db, Guid? holdId, Guid? bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sessions SET state = 'cancelled', sequence = sequence + 1
            WHERE (hold_id = {holdId} OR booking_id = {bookingId}) AND state IN ('held', 'booked', 'proposed')
            """,
            ct);
    }

    private static async Task AddVisitAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sessions (id, hold_id, booking_id, number, phase, starts_at, ends_at, resource_ids, state)
            SELECT {booking.Id}, {booking.HoldId}, {booking.Id}, 1, {Phases.Visit}, {booking.StartsAt}, {booking.EndsAt},
                   array_agg(a.resource_id ORDER BY array_position({booking.ResourceKinds}, r.kind)), 'booked'
            FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE a.booking_id = {booking.Id}
            """,
            ct);
        await db.Database.ExecuteSqlAsync($"UPDATE allocations SET session_id = {booking.Id} WHERE booking_id = {booking.Id}", ct);
    }
}
