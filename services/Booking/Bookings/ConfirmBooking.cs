using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Cycles;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Waitlist;
using MedTourism.Booking.Tracers;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>The steps that turn held time into booked time, shared by those who confirm.</summary>
public static class ConfirmBooking
{
    /// <summary>Claims the hold: one conditional update, whose row count says whether the time is still the patient's.</summary>
    public static async Task<bool> ClaimHoldAsync(BookingDb db, Guid? holdId, int fence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE holds SET state = 'used', holder = NULL WHERE id = {holdId} AND state = 'held' AND expires_at > now() AND fence = {fence}", ct) == 1;
    }

    /// <summary>Books what the claimed hold held; false if a part of it was lost meanwhile.</summary>
    public static async Task<bool> BookHeldAsync(BookingDb db, Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE allocations SET state = 'booked', expires_at = NULL, booking_id = {booking.Id}
            WHERE hold_id = {booking.HoldId} AND state = 'held' AND fence = {booking.Fence}
            """,
            ct) == await db.Holds.Where(x => x.Id == booking.HoldId).Select(x => x.Resources).SingleAsync(ct)
            && await CycleWeeks.BookAsync(db, booking.HoldId, ct);
    }

    /// <summary>Takes the same time once more for money that came late, if it is still free and ahead.</summary>
    public static async Task<bool> TakeAnewAsync(BookingDb db, Booking booking, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        await LetGoAsync(db, booking, ct);
        if (booking.StartsAt <= now)
        {
            return false;
        }

        var sessions = await db.Sessions.AsNoTracking().Where(x => x.HoldId == booking.HoldId).ToListAsync(ct);
        if (sessions.Count > 0)
        {
            return await TakeSessionsAnewAsync(db, booking, sessions, ct);
        }

        var open = await db.Resources.AsNoTracking()
            .Where(x => x.CenterId == booking.CenterId && booking.ResourceKinds.Contains(x.Kind) && x.Status == Resource.Open)
            .Select(x => new TakeTime.Candidate(x.Id, x.Kind))
            .ToListAsync(ct);
        var what = new TakeTime.For(Allocation.Booked, booking.HoldId, booking.Id, booking.Fence + 1, null);
        if (await TakeTime.TryAsync(db, booking.ResourceKinds, open, new Interval(booking.StartsAt, booking.EndsAt), what, ct)
            && await TakeSessions.AreOpenAsync(db, booking.Id, ct)
            && await TakeDose.ForAsync(db, null, booking.Id, ct) is null)
        {
            return true;
        }

        await LetGoAsync(db, booking, ct);
        return false;
    }

    private static async Task<bool> TakeSessionsAnewAsync(BookingDb db, Booking booking, List<Session> sessions, CancellationToken ct)
    {
        var what = new TakeTime.For(Allocation.Booked, booking.HoldId, booking.Id, booking.Fence + 1, null);
        var wanted = sessions.ConvertAll(x => new TakeSessions.Wanted(x.Id, new Interval(x.StartsAt, x.EndsAt), x.ResourceIds));
        if (await TakeSessions.TryAsync(db, wanted, what, ct) && await CycleWeeks.TakeAnewAsync(db, booking.HoldId, ct))
        {
            return true;
        }

        await LetGoAsync(db, booking, ct);
        return false;
    }

    /// <summary>Frees whatever is still kept for the booking.</summary>
    public static async Task LetGoAsync(BookingDb db, Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        await db.Database.ExecuteSqlAsync($"UPDATE holds SET state = 'expired', holder = NULL WHERE id = {booking.HoldId} AND state = 'held'", ct);
        await FreedTime.LockAsync(db, booking.CenterId, ct);
        await GiveBackTime.OfBothAsync(db, booking.HoldId, booking.Id, ct);
        await BookSessions.CancelAsync(db, booking.HoldId, booking.Id, ct);
    }

    /// <summary>An offer without a deposit is confirmed when it is placed.</summary>
    public static async Task WithoutDepositAsync(BookingDb db, IPublishEndpoint bus, Booking booking, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(booking);
        if (!await ClaimHoldAsync(db, booking.HoldId, booking.Fence, ct) || !await BookPlan.MayAsync(db, booking, ct) || !await BookHeldAsync(db, booking, ct)
            || !booking.Confirm(null, 0, takenAnew: false, now))
        {
            throw new InvalidOperationException("The hold was claimed in this transaction and is gone nevertheless.");
        }

        var sessions = await BookSessions.OfAsync(db, booking, ct);
        await BookPlan.DoneAsync(db, booking, ct);
        await db.SaveAsync(booking, ct);
        await bus.PublishFor(booking.Id, booking.ToConfirmed(sessions), ct);
        await TellCycle.BookedAsync(db, bus, booking, now, ct);
    }
}
