using System.Globalization;
using MedTourism.Booking.Courses.Decisions;

namespace MedTourism.Booking.Courses;

/// <summary>
/// What a first day costs at a center whose machines are scarce, by <see cref="CoursePolicy"/>: the patient's own lateness, and what the course's slots
/// are worth to those who will still come. Pure; it only orders plans that are possible anyway.
/// </summary>
public static class ScarcityRanking
{
    /// <summary>A course that was asked for before, of this center and kind of machine.</summary>
    public sealed record Asked(int Priority, DateOnly On, DateOnly ReadyOn, DateOnly? DueOn, int Sessions, int Minutes);

    /// <summary>
    /// The history is of courses asked for from <paramref name="observedFrom"/> on, the one to be planned not among them. Null for courses the policy does
    /// not know.
    /// </summary>
    public static RankPlans.Policy? Of(TreatmentPlans.TreatmentPlan plan, FreeTime time, DateOnly today, IEnumerable<Asked> history, DateOnly observedFrom)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(time);
        var machines = time.OfKind(plan.Pattern.ResourceKinds[0]).Where(x => x.Status == Resources.Resource.Open).ToList();
        var days = Enumerable.Range(0, time.Days).Select(time.FirstDay.AddDays).Where(day => day >= today && time.IsWorkingDay(day)).ToList();

        // The policy knows one session on each working day; other cadences are ranked without it.
        if (plan.Pattern.Cadence != Cadence.Daily || machines.Count == 0 || days.Count == 0)
        {
            return null;
        }

        var slot = FreeTime.CellsFor(machines.Max(x => x.SlotMinutes) is > 0 and var minutes ? minutes : plan.Pattern.SessionMinutes);
        var room = Room(machines, time, days, slot);
        var prior = ArrivalPrior.Radiotherapy(room.Capacity);
        List<CourseDemand> seen = [.. history.Select(x => Demand(x.Priority, x.On, x.ReadyOn, x.DueOn, x.Sessions, x.Minutes)).OrderBy(x => x.ArrivalDay)];
        var course = Demand(plan.Priority, today, plan.ReadyOn, plan.DueOn, plan.Pattern.Sessions, plan.Pattern.SessionMinutes);
        var calendar = days.ConvertAll(day => day.DayNumber);
        var state = new DecisionState(0, room, [.. seen, course], Math.Max(0, Weekdays(observedFrom, today)), calendar, prior);
        var costs = CoursePolicy.Decide(state, course, count: days.Count).ToDictionary(x => days[x.StartDay]);
        var dearest = costs.Count == 0 ? 0 : costs.Values.Max(x => x.Cost);
        return (first, _) => costs.TryGetValue(first, out var candidate)
            ? (candidate.Cost, Say(first, candidate.DaysLate, Code(candidate.Reason), candidate.Cost))
            : (dearest + 1, Say(first, Math.Max(0, first.DayNumber - days[Math.Min(course.DueDay, days.Count - 1)].DayNumber), "no-whole-run", null));

        CourseDemand Demand(int priority, DateOnly on, DateOnly readyOn, DateOnly? dueOn, int sessions, int sessionMinutes)
        {
            var ready = Math.Max(IndexOf(on), IndexOf(readyOn));

            // Without a due day the one that is usual for the priority (see ArrivalPrior; illustrative).
            var due = dueOn is { } known ? IndexOf(known) : IndexOf(on) + prior.Where(x => x.Priority == priority).Max(x => x.DueAfter);
            return new CourseDemand(priority, IndexOf(on), ready, Math.Max(ready, due), sessions, Math.Max(1, (FreeTime.CellsFor(sessionMinutes) + slot - 1) / slot));
        }

        int IndexOf(DateOnly day) => day < days[0] ? -Weekdays(day, days[0]) : days.BinarySearch(day) is >= 0 and var index ? index : ~days.BinarySearch(day);
    }

    private static MachineDays Room(List<ResourceTime> machines, FreeTime time, List<DateOnly> days, int slot)
    {
        var capacity = Math.Max(1, days.Max(day => machines.Max(machine => Slots(machine.Usual, time.CellsOf(day), slot))));
        var room = new MachineDays(days.Count, machines.Count, capacity);
        for (var day = 0; day < days.Count; day++)
        {
            for (var machine = 0; machine < machines.Count; machine++)
            {
                room.Occupy(day, machine, capacity - Slots(machines[machine].Free, time.CellsOf(days[day]), slot));
            }
        }

        return room;
    }

    /// <summary>Whole slots in the set stretches of a day.</summary>
    private static int Slots(CellBits bits, (int From, int To) day, int slot)
    {
        var count = 0;
        for (var cell = bits.Next(day.From, day.To); cell >= 0; cell = bits.Next(cell, day.To))
        {
            var end = cell;
            while (end < day.To && bits[end])
            {
                end++;
            }

            count += (end - cell) / slot;
            cell = end;
        }

        return count;
    }

    private static int Weekdays(DateOnly from, DateOnly to)
    {
        var count = 0;
        for (var day = from; day < to; day = day.AddDays(1))
        {
            count += day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }

        return count;
    }

    private static string Code(StartReason reason) => reason switch
    {
        StartReason.Earliest => "earliest",
        StartReason.OnTimeKeepsRoom => "on-time-keeps-room",
        StartReason.LateForLackOfRoom => "late-for-lack-of-room",
        StartReason.LateKeepsRoom => "late-keeps-room",
    };

    private static Reason Say(DateOnly first, int late, string why, double? cost) => new(
        $"policy-{why}",
        new() { ["firstDay"] = first, ["daysLate"] = late, ["cost"] = cost is { } known ? Math.Round(known, 3) : null },
        string.Create(CultureInfo.InvariantCulture, $"{(why switch
        {
            "earliest" => "The earliest first day with room",
            "on-time-keeps-room" => "On time, and keeps earlier days for more urgent patients",
            "late-for-lack-of-room" => "Late, because no earlier day has room",
            "late-keeps-room" => "Late, because earlier days spare others more",
            _ => "Not on one machine without a pause",
        })}: {first:d MMMM}, {late} days after its due day."));
}
