using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// Takes places of weekly laboratory capacity. The row of the week is locked, dead places are removed, and a free place is inserted under a unique
/// constraint; weeks are walked in one order by everyone, so nobody waits in a circle.
/// </summary>
public static class CycleWeeks
{
    /// <summary>A week without room; without a capacity it was never opened.</summary>
    public sealed record Full(string Step, DateOnly Week, int? Capacity);

    /// <summary>All of the weeks or, with the first that has no room, none: then roll back or let go.</summary>
    public static async Task<Full?> TakeAsync(BookingDb db, Cycle cycle, IEnumerable<CycleWeek> weeks, bool booked, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(cycle);
        foreach (var (step, week) in weeks.OrderBy(x => x.Step, StringComparer.Ordinal).ThenBy(x => x.Week))
        {
            var capacity = await LockAsync(db, cycle.CenterId, step, week, ct);
            if (capacity is not > 0 || !await InsertAsync(db, cycle, step, week, capacity.Value, booked, ct))
            {
                return new Full(step, week, capacity);
            }
        }

        return null;
    }

    /// <summary>Makes the held places the booking's; false if one was lost. True for a hold that is no cycle's.</summary>
    public static async Task<bool> BookAsync(BookingDb db, Guid? holdId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (await FindAsync(db, holdId, ct) is not { } cycle)
        {
            return true;
        }

        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE cycle_reservations r SET booked = true
            FROM (SELECT step FROM cycle_reservations WHERE cycle_id = {holdId} ORDER BY step FOR UPDATE) AS mine
            WHERE r.cycle_id = {holdId} AND r.step = mine.step
            """,
            ct) == cycle.Plan.Weeks.Count && await AcceptAsync(db, cycle, ct);
    }

    /// <summary>For money that came late: the same weeks once more, if they have room. True for a hold that is no cycle's.</summary>
    public static async Task<bool> TakeAnewAsync(BookingDb db, Guid? holdId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (await FindAsync(db, holdId, ct) is not { } cycle)
        {
            return true;
        }

        await LetGoAsync(db, cycle.Id, [], ct);
        if (await TakeAsync(db, cycle, cycle.Plan.Weeks, booked: true, ct) is null)
        {
            return await AcceptAsync(db, cycle, ct);
        }

        await LetGoAsync(db, cycle.Id, [], ct);
        return false;
    }

    /// <summary>Gives back the cycle's places except those of <paramref name="kept"/>.</summary>
    public static async Task LetGoAsync(BookingDb db, Guid cycleId, IEnumerable<CycleWeek> kept, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var steps = kept.Select(x => x.Step).ToArray();
        await db.Database.ExecuteSqlAsync($"DELETE FROM cycle_reservations WHERE cycle_id = {cycleId} AND NOT step = ANY({steps})", ct);
    }

    /// <summary>The first week after this one with room for the step, the places of this cycle itself counted as free; null if none is opened.</summary>
    public static async Task<DateOnly?> NextWithRoomAsync(BookingDb db, string center, string step, DateOnly after, Guid cycle, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var weeks = await db.Database.SqlQuery<DateOnly>(
            $"""
            SELECT c.week AS "Value" FROM cycle_capacity c
            WHERE c.center_id = {center} AND c.step = {step} AND c.week > {after} AND c.capacity > (
                SELECT count(*) FROM cycle_reservations_live r WHERE r.center_id = c.center_id AND r.step = c.step AND r.week = c.week AND r.cycle_id <> {cycle})
            ORDER BY c.week LIMIT 1
            """).ToListAsync(ct);
        return weeks.Count == 0 ? null : weeks[0];
    }

    /// <summary>What the patient paid for is what the laboratory agreed to.</summary>
    private static async Task<bool> AcceptAsync(BookingDb db, Cycle cycle, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"UPDATE cycle_steps c SET accepted_at = s.starts_at FROM sessions s WHERE c.cycle_id = {cycle.Id} AND c.attempt = {cycle.Attempt} AND s.id = c.session_id", ct);
        return true;
    }

    private static Task<Cycle?> FindAsync(BookingDb db, Guid? holdId, CancellationToken ct) =>
        db.Cycles.AsNoTracking().SingleOrDefaultAsync(x => x.Id == holdId, ct);

    private static async Task<int?> LockAsync(BookingDb db, string center, string step, DateOnly week, CancellationToken ct)
    {
        var rows = await db.Database.SqlQuery<int>(
            $"SELECT capacity AS \"Value\" FROM cycle_capacity WHERE center_id = {center} AND step = {step} AND week = {week} FOR UPDATE").ToListAsync(ct);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <remarks>
    /// Two statements for what is dead: each asks a column of the row itself, so a row that is being booked meanwhile is looked at again and left.
    /// </remarks>
    private static async Task<bool> InsertAsync(BookingDb db, Cycle cycle, string step, DateOnly week, int capacity, bool booked, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM cycle_reservations r USING holds h
            WHERE r.center_id = {cycle.CenterId} AND r.step = {step} AND r.week = {week} AND NOT r.booked AND h.id = r.cycle_id
              AND (h.state IN ('released', 'expired') OR (h.state = 'held' AND h.expires_at <= now()))
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM cycle_reservations r USING bookings b
            WHERE r.center_id = {cycle.CenterId} AND r.step = {step} AND r.week = {week} AND r.booked AND b.hold_id = r.cycle_id AND b.state <> 'confirmed'
              AND r.cycle_id <> {cycle.Id}
            """,
            ct);
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO cycle_reservations (cycle_id, step, center_id, week, place, booked)
            SELECT {cycle.Id}, {step}, {cycle.CenterId}, {week}, free.place, {booked} FROM generate_series(1, {capacity}) AS free(place)
            WHERE NOT EXISTS (
                SELECT 1 FROM cycle_reservations r WHERE r.center_id = {cycle.CenterId} AND r.step = {step} AND r.week = {week} AND r.place = free.place)
              AND (SELECT count(*) FROM cycle_reservations r WHERE r.center_id = {cycle.CenterId} AND r.step = {step} AND r.week = {week}) < {capacity}
            ORDER BY free.place LIMIT 1
            ON CONFLICT DO NOTHING
            """,
            ct) == 1;
    }
}
