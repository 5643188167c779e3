using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// Gives a booked cycle another anchor: other weeks are taken and the old ones given back, appointments move with the plan and wait for the laboratory's
/// word, all in one transaction. The same anchor once more changes nothing; coming back to an accepted time needs no new word.
/// </summary>
public static class MoveCycle
{
    /// <summary>Where the cycle is anchored now.</summary>
    public sealed record Anchor(string State, DateOnly Day1, DateTimeOffset? TriggerAt, int Attempt);

    /// <summary>Call it with booking and cycle locked. If a week has no room nothing may be kept: roll back.</summary>
    public static async Task<CycleWeeks.Full?> ToAsync(
        BookingDb db, IPublishEndpoint bus, Bookings.Booking booking, Cycle cycle, Anchor anchor, string by, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        ArgumentNullException.ThrowIfNull(cycle);
        ArgumentNullException.ThrowIfNull(anchor);
        var plan = PlanCycle.Of(cycle.Pattern, anchor.Day1, anchor.TriggerAt, cycle.Zone);
        var kept = (await db.CycleReservations.AsNoTracking().Where(x => x.CycleId == cycle.Id).ToListAsync(ct))
            .Select(x => new CycleWeek(x.Step, x.Week)).Intersect(plan.Weeks).ToList();
        await CycleWeeks.LetGoAsync(db, cycle.Id, kept, ct);
        if (await CycleWeeks.TakeAsync(db, cycle, plan.Weeks.Except(kept), booked: true, ct) is { } full)
        {
            return full;
        }

        await db.Database.ExecuteSqlAsync(
            $"UPDATE cycles SET state = {anchor.State}, day1 = {anchor.Day1}, trigger_at = {anchor.TriggerAt}, attempt = {anchor.Attempt} WHERE id = {cycle.Id}", ct);
        var moved = await MoveSessionsAsync(db, booking, cycle.Id, anchor.Attempt, plan, now, ct);
        if (moved.Count > 0)
        {
            await db.Database.ExecuteSqlAsync($"UPDATE cycles SET version = version + 1 WHERE id = {cycle.Id}", ct);
            var change = anchor.State == Cycle.Expected ? "given-up" : anchor.State;
            await TellAsync(db, bus, booking, [.. moved.OrderBy(x => x.OldStart)], change, by, now, ct);
        }

        return null;
    }

    /// <summary>The sessions of a cycle that is being held.</summary>
    public static async Task AddSessionsAsync(BookingDb db, Cycle cycle, CyclePlan plan, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(cycle);
        ArgumentNullException.ThrowIfNull(plan);
        var number = 0;
        foreach (var step in plan.Appointments.OrderBy(step => step.Start))
        {
            await AddAsync(db, cycle.Id, null, cycle.Attempt, step, ++number, Session.Held, ct);
        }
    }

    /// <summary>Says that the booking has other times or that they are agreed now (then nothing moved).</summary>
    public static async Task TellAsync(
        BookingDb db, IPublishEndpoint bus, Bookings.Booking booking, MovedSession[] moved, string change, string by, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).OrderBy(x => x.Number).ToListAsync(ct);
        var kept = sessions.Where(x => x.State != Session.Cancelled).ToList();
        if (!booking.Move(kept.Min(x => x.StartsAt), kept.Max(x => x.EndsAt), by, "cycle", now))
        {
            throw new InvalidOperationException("Only a confirmed booking's cycle moves.");
        }

        await db.SaveAsync(booking, ct);
        var key = await BookingKey.NewAsync(db, booking.Id, now, ct);
        await bus.PublishFor(booking.Id, new BookingRescheduled(
            booking.Id, booking.Reference, booking.OfferId, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.CityId, booking.TimeZone,
            booking.StartsAt, booking.EndsAt, [.. sessions.Select(x => x.ToBooked())], moved, "cycle", booking.Sequence, now,
            booking.HoldId, key, change), ct);
    }

    private static async Task<List<MovedSession>> MoveSessionsAsync(
        BookingDb db, Bookings.Booking booking, Guid cycleId, int attempt, CyclePlan plan, DateTimeOffset now, CancellationToken ct)
    {
        var known = await (
            from row in db.CycleSteps.AsNoTracking()
            join session in db.Sessions.AsNoTracking() on row.SessionId equals session.Id
            where row.CycleId == cycleId && row.Attempt == attempt
            select new { row, session }).ToListAsync(ct);
        var number = await db.Sessions.Where(x => x.BookingId == booking.Id).MaxAsync(x => x.Number, ct);
        var wanted = plan.Appointments.ToDictionary(step => step.Code);
        List<MovedSession> moved = [];
        foreach (var (row, session) in known.Select(x => (x.row, x.session)).Where(x => x.session.State is not (Session.Delivered or Session.Missed)))
        {
            var step = wanted.GetValueOrDefault(row.Code);
            var state = step is null ? Session.Cancelled : step.Start == row.AcceptedAt ? Session.Booked : Session.Proposed;
            var same = step is null || (step.Start == session.StartsAt && step.End == session.EndsAt);
            if (same && (state == session.State || (step is not null && session.State is Session.Booked or Session.Proposed)))
            {
                continue;
            }

            var (start, end) = step is null ? (session.StartsAt, session.EndsAt) : (step.Start, step.End);
            await db.Database.ExecuteSqlAsync(
                $"UPDATE sessions SET starts_at = {start}, ends_at = {end}, state = {state}, sequence = sequence + 1 WHERE id = {session.Id}", ct);
            moved.Add(new MovedSession(
                session.Id, session.Number, session.Phase, session.StartsAt, session.EndsAt, step is null ? null : start, step is null ? null : end));
        }

        // A longer stimulation has more scans; one whose time is past already was not missed, it was never due.
        foreach (var step in wanted.Values.Where(step => known.TrueForAll(x => x.row.Code != step.Code) && step.Start > now).OrderBy(step => step.Start))
        {
            var id = await AddAsync(db, cycleId, booking.Id, attempt, step, ++number, Session.Proposed, ct);
            moved.Add(new MovedSession(id, number, step.Phase, step.Start, step.End, step.Start, step.End));
        }

        return moved;
    }

    private static async Task<Guid> AddAsync(
        BookingDb db, Guid cycleId, Guid? bookingId, int attempt, CycleStep step, int number, string state, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sessions (id, hold_id, booking_id, number, phase, starts_at, ends_at, resource_ids, state)
            VALUES ({id}, {cycleId}, {bookingId}, {number}, {step.Phase}, {step.Start}, {step.End}, ARRAY[]::uuid[], {state})
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO cycle_steps (cycle_id, attempt, code, session_id) VALUES ({cycleId}, {attempt}, {step.Code}, {id})", ct);
        return id;
    }
}
