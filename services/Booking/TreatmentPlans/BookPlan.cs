using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>A treatment plan is booked once, by the booking that is confirmed first.</summary>
public static class BookPlan
{
    /// <summary>Keeps the plan for this booking until the transaction ends; false if it was withdrawn or is booked. Offers without a plan are always free.</summary>
    public static async Task<bool> MayAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        return booking.PlanId is null || (await db.Database.SqlQuery<Guid>(
            $"""
            SELECT id AS "Value" FROM treatment_plans WHERE id = {booking.PlanId} AND state <> 'withdrawn' AND (booking_id IS NULL OR booking_id = {booking.Id})
            FOR NO KEY UPDATE
            """).ToListAsync(ct)).Count == 1;
    }

    public static Task DoneAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        return db.Database.ExecuteSqlAsync($"UPDATE treatment_plans SET state = 'booked', booking_id = {booking.Id} WHERE id = {booking.PlanId}", ct);
    }

    /// <summary>A booking that is cancelled before its first visit gives its plan back, to choose other dates while it is valid.</summary>
    public static Task GiveBackAsync(BookingDb db, Bookings.Booking booking, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        return booking.PlanId is null || booking.StartsAt <= now
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync($"UPDATE treatment_plans SET state = 'issued', booking_id = NULL WHERE id = {booking.PlanId} AND booking_id = {booking.Id}", ct);
    }
}
