using MedTourism.Booking.Availability;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Allocations;

/// <summary>Removes allocations and says which times they took, each once. In the takers' order, because one of them may be clearing the same rows as stale.</summary>
public static class GiveBackTime
{
    /// <summary>Of a hold that is still held; rows that someone else is removing are left to them.</summary>
    public static Task<List<Interval>> OfHoldAsync(BookingDb db, Guid holdId, CancellationToken ct) =>
        RunAsync(
            db, $"DELETE FROM allocations WHERE id IN (SELECT id FROM allocations WHERE hold_id = {holdId} AND state = 'held' ORDER BY resource_id, starts_at FOR UPDATE SKIP LOCKED) RETURNING *", ct);

    public static Task<List<Interval>> OfBookingAsync(BookingDb db, Guid bookingId, CancellationToken ct) =>
        RunAsync(db, $"DELETE FROM allocations WHERE id IN (SELECT id FROM allocations WHERE booking_id = {bookingId} ORDER BY resource_id, starts_at FOR UPDATE) RETURNING *", ct);

    /// <summary>What is not over yet.</summary>
    public static Task<List<Interval>> AheadOfBookingAsync(BookingDb db, Guid bookingId, CancellationToken ct) =>
        RunAsync(
            db, $"DELETE FROM allocations WHERE id IN (SELECT id FROM allocations WHERE booking_id = {bookingId} AND ends_at > now() ORDER BY resource_id, starts_at FOR UPDATE) RETURNING *", ct);

    /// <summary>Whatever is kept for the hold or the booking made of it.</summary>
    public static Task<List<Interval>> OfBothAsync(BookingDb db, Guid? holdId, Guid bookingId, CancellationToken ct) =>
        RunAsync(db, $"DELETE FROM allocations WHERE id IN (SELECT id FROM allocations WHERE hold_id = {holdId} OR booking_id = {bookingId} ORDER BY resource_id, starts_at FOR UPDATE) RETURNING *", ct);

    private static async Task<List<Interval>> RunAsync(BookingDb db, FormattableString delete, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var gone = await db.Allocations.FromSql(delete).AsNoTracking().ToListAsync(ct);
        return [.. gone.Select(x => new Interval(x.StartsAt, x.EndsAt)).Distinct()];
    }
}
