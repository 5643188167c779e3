namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// Ranks the starts of a course that is to be told its day at once and never moved: a start costs the days it is late and what its slots are worth to those
/// still to come. Short urgent courses find the room that long ones pay too dearly for. No input but the state: the same state gives the same answer.
/// </summary>
public static class CoursePolicy
{
    /// <summary>The best starts, cheapest first; none if nothing fits within the horizon.</summary>
    public static IReadOnlyList<StartCandidate> Decide(DecisionState state, CourseDemand course, PolicyOptions? options = null, int count = 5) =>
        Decide(state, course, SlotPrices.Of(state, options ?? PolicyOptions.Default), options, count);

    /// <summary>The same with prices computed before, for instance once a day.</summary>
    public static IReadOnlyList<StartCandidate> Decide(
        DecisionState state, CourseDemand course, SlotPrices prices, PolicyOptions? options = null, int count = 5)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(course);
        ArgumentNullException.ThrowIfNull(prices);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        options ??= PolicyOptions.Default;
        List<StartCandidate> best = [];
        var roomBefore = false;
        for (var start = Math.Max(course.ReadyDay, state.Today); start + course.Sessions <= state.Machines.Days; start++)
        {
            var late = state.DaysLate(course, start);
            var lateCost = options.LateWeight(course.Priority) * late;
            // Lateness only grows from here on, so nothing later can enter the list.
            if (best.Count == count && lateCost >= best[^1].Cost)
            {
                break;
            }

            if (CheapestMachine(state.Machines, course, start, prices) is not var (machine, roomCost))
            {
                continue;
            }

            var reason = (late > 0, roomBefore) switch
            {
                (false, false) => StartReason.Earliest,
                (false, true) => StartReason.OnTimeKeepsRoom,
                (true, false) => StartReason.LateForLackOfRoom,
                (true, true) => StartReason.LateKeepsRoom,
            };
            roomBefore = true;
            Insert(best, count, new(start, machine, late, lateCost, roomCost + (options.WaitCost * (start - course.ReadyDay)), reason));
        }

        return best;
    }

    private static (int Machine, double Cost)? CheapestMachine(MachineDays machines, CourseDemand course, int start, SlotPrices prices)
    {
        (int Machine, double Cost)? cheapest = null;
        for (var machine = 0; machine < machines.Machines; machine++)
        {
            if (machines.Fits(course, start, machine) && prices.CostOf(course, start, machine, machines) is var cost && !(cheapest?.Cost <= cost))
            {
                cheapest = (machine, cost);
            }
        }

        return cheapest;
    }

    private static void Insert(List<StartCandidate> best, int count, StartCandidate candidate)
    {
        var at = best.FindIndex(other => candidate.Cost < other.Cost);
        if (at < 0)
        {
            at = best.Count;
        }

        best.Insert(at, candidate);
        if (best.Count > count)
        {
            best.RemoveAt(count);
        }
    }
}
