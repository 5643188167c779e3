using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>Why a cycle cannot have its weeks, and which day 1 could.</summary>
public static class CycleRefusals
{
    private const int LookAheadDays = 180;

    /// <summary>The caller has seen another version of the cycle; here is the present one.</summary>
    public static async Task<ProblemHttpResult> MovedAsync(BookingDb db, Guid id, CancellationToken ct) =>
        Problems.Conflict("cycle-moved", "The cycle moved meanwhile. Look at its new times first.", new() { ["cycle"] = await CycleView.LoadAsync(db, id, ct) });

    /// <summary>Names the week without room, the step's next week with room, and the first later day 1 whose weeks all have room now.</summary>
    public static async Task<ProblemHttpResult> FullAsync(BookingDb db, Cycle cycle, CycleWeeks.Full full, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(cycle);
        ArgumentNullException.ThrowIfNull(full);
        var next = await CycleWeeks.NextWithRoomAsync(db, cycle.CenterId, full.Step, full.Week, cycle.Id, ct);
        var extensions = new Dictionary<string, object?>
        {
            ["step"] = full.Step,
            ["week"] = full.Week,
            ["capacity"] = full.Capacity,
            ["nextWeek"] = next,
            ["nextDay1"] = await NextDay1Async(db, cycle, ct),
        };
        return full.Capacity is null
            ? Problems.Conflict("week-not-open", $"The laboratory has not opened the week of {full.Week:yyyy-MM-dd} for {full.Step} yet.", extensions)
            : Problems.Conflict("week-full", $"The laboratory has no {full.Step} left in the week of {full.Week:yyyy-MM-dd}.", extensions);
    }

    /// <summary>The first later day 1 whose weeks all have room now for this cycle; null if none is near.</summary>
    public static async Task<DateOnly?> NextDay1Async(BookingDb db, Cycle cycle, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(cycle);
        var from = PlanCycle.WeekOf(cycle.Day1);
        var free = (await db.Database.SqlQuery<Room>(
            $"""
            SELECT c.step AS "Step", c.week AS "Week" FROM cycle_capacity c
            WHERE c.center_id = {cycle.CenterId} AND c.week BETWEEN {from} AND {from.AddDays(LookAheadDays + 60)} AND c.capacity > (
                SELECT count(*) FROM cycle_reservations_live r
                WHERE r.center_id = c.center_id AND r.step = c.step AND r.week = c.week AND r.cycle_id <> {cycle.Id})
            """).ToListAsync(ct)).Select(x => new CycleWeek(x.Step, x.Week)).ToHashSet();
        return Enumerable.Range(1, LookAheadDays).Select(days => (DateOnly?)cycle.Day1.AddDays(days))
            .FirstOrDefault(day => PlanCycle.Of(cycle.Pattern, day!.Value, null, cycle.Zone).Weeks.All(free.Contains));
    }

    private sealed record Room(string Step, DateOnly Week);
}
