using System.Globalization;

namespace MedTourism.Booking.Courses;

/// <summary>Says why no plan was found: which rule, whose block, on which days. Alike refusals of many first days become one.</summary>
internal static class RefuseCourse
{
    private const int MostTried = 60;
    private const int MostRefusals = 20;

    public static List<Refusal> Why(PlanCourse.Search search)
    {
        List<Refusal> missing = [.. Missing(search)];
        if (missing.Count > 0)
        {
            return missing;
        }

        List<(Reason Reason, DateOnly Day)> found = [];
        var any = false;
        foreach (var first in search.FirstDays().Take(MostTried))
        {
            any = true;
            found.AddRange(OfFirstDay(search, first));
        }

        if (!any)
        {
            found.Add((Rule("start-weekday", search.Pattern.StartWeekdays.FirstOrDefault(), 0, "No allowed first day lies in the time that is looked at."), search.Request.FirstDayFrom));
        }

        return [.. found
            .GroupBy(x => (x.Reason.Code, Resource: x.Reason.Parameters.GetValueOrDefault("resource"), Why: x.Reason.Parameters.GetValueOrDefault("reason"), From: x.Reason.Code is "taken" or "hours" ? null : x.Reason.Parameters.GetValueOrDefault("from")))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.First().Day).ThenBy(group => group.Key.Code, StringComparer.Ordinal)
            .Take(MostRefusals)
            .Select(group => new Refusal(group.First().Reason, [.. group.Select(x => x.Day).Distinct().Order().Take(MostTried)]))];
    }

    /// <summary>Kinds of which the center has nothing that is open.</summary>
    private static IEnumerable<Refusal> Missing(PlanCourse.Search search)
    {
        foreach (var kind in search.Pattern.ResourceKinds.Concat(search.Pattern.Planning?.ResourceKinds ?? []).Distinct())
        {
            var known = search.Time.OfKind(kind).ToList();
            if (known.Count == 0)
            {
                yield return new Refusal(new Reason("no-resource", new() { ["kind"] = kind }, $"The center has no resource of the kind '{kind}'."), []);
            }
            else if (known.TrueForAll(x => x.Status != Resources.Resource.Open))
            {
                foreach (var machine in known)
                {
                    yield return new Refusal(
                        new Reason("status", new() { ["resource"] = machine.Name, ["reason"] = machine.Status }, $"{machine.Name} is {machine.Status}."), []);
                }
            }
        }
    }

    private static IEnumerable<(Reason Reason, DateOnly Day)> OfFirstDay(PlanCourse.Search search, int first)
    {
        var date = search.Days.Day(first);
        if (search.PlanningCell(first) is null)
        {
            var visit = search.Pattern.Planning!;
            yield return (Rule("planning", visit.MinWorkingDays, visit.MaxWorkingDays,
                $"No planning visit is free {visit.MinWorkingDays} to {visit.MaxWorkingDays} working days before it."), date);
            yield break;
        }

        foreach (var group in search.Starts.Groups)
        {
            search.Chains.Find(group, first, search.Last);
            var (placed, day) = search.Chains.Furthest;
            foreach (var reason in Stuck(search, group, placed, day))
            {
                yield return reason;
            }
        }
    }

    /// <summary>The first working day after the last session that could be placed on which there was no time; if there was, the rule that forbade it.</summary>
    private static IEnumerable<(Reason Reason, DateOnly Day)> Stuck(PlanCourse.Search search, MachineGroup group, int placed, int day)
    {
        var days = search.Days;
        for (var next = placed == 0 ? day : day + 1; next < days.Count; next++)
        {
            if (next > search.Last)
            {
                break;
            }

            if (!days.Working[next])
            {
                continue;
            }

            if (!group.Starts(placed + 1).Any(days.From[next], days.To[next]))
            {
                var date = days.Day(next);
                var reasons = group.Machines.SelectMany(machine => DescribeCourse.NoTime(search.Time, machine, date)).DistinctBy(x => x.Text).ToList();
                return reasons.Count > 0 ? reasons.Select(reason => (reason, date)) : [(Hours(search), date)];
            }

            if (placed > 0)
            {
                return [(Broken(search.Pattern, placed), days.Day(next))];
            }
        }

        return search.Request.LastDayBy is { } by && search.Last < days.Count - 1
            ? [(new Reason("last-day", new() { ["limit"] = by, ["found"] = placed }, $"Only {placed} of {search.Pattern.Sessions} sessions fit before the last day allowed."), by)]
            : [(new Reason("horizon", new() { ["limit"] = days.Day(days.Count - 1), ["found"] = placed }, $"Only {placed} of {search.Pattern.Sessions} sessions fit into the days that are looked at."), days.Day(days.Count - 1))];
    }

    private static Reason Hours(PlanCourse.Search search) => new(
        "time-of-day",
        new() { ["from"] = search.Pattern.EarliestStart, ["to"] = search.Pattern.LatestStart },
        string.Create(CultureInfo.InvariantCulture, $"No start within the wanted hours {search.Pattern.EarliestStart:HH\\:mm}–{search.Pattern.LatestStart:HH\\:mm}."));

    private static Reason Broken(CoursePattern pattern, int placed) =>
        placed < pattern.StartBlock ? Rule("start-block", placed, pattern.StartBlock, $"The first {pattern.StartBlock} sessions must be on consecutive days.")
        : pattern.MinPerWeek > 0 ? Rule("sessions-per-week", placed, pattern.MinPerWeek, $"A week would have fewer than {pattern.MinPerWeek} sessions.")
        : pattern.Cadence == Cadence.Cycle ? Rule("cycle-days", placed, pattern.CycleMaxDays, $"The next session must follow {pattern.CycleMinDays} to {pattern.CycleMaxDays} days later.")
        : Rule("gap", placed, pattern.MaxGapDays, $"The next session would come more than {pattern.MaxGapDays} days, or less than {pattern.MinHoursBetween} hours, after the one before.");

    private static Reason Rule(string code, int found, int limit, string text) => new(code, new() { ["found"] = found, ["limit"] = limit }, text);
}
