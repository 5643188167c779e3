using System.Globalization;

namespace MedTourism.Booking.Courses;

/// <summary>
/// Chooses up to five different plans of all that were found: the one that ends first, the one with the fewest lost days, the steadiest hour, the one
/// that fits the patient's limits best (the shortest stay if there are none), and a balanced one; then others at clearly other times. With a policy
/// its best comes first and its costs order them all.
/// </summary>
public static class RankPlans
{
    private const int Most = 5;
    private const int OtherHour = 120;
    private const int OtherStart = 5;

    /// <summary>What a center's scarcity policy says of a first day on a machine: lower is better; and why.</summary>
    public delegate (double Cost, Reason Why) Policy(DateOnly firstDay, Guid machine);

    internal static IReadOnlyList<CoursePlan> Of(CourseRequest request, FreeTime time, CourseDays days, List<CourseDraft> drafts, Policy? policy)
    {
        var all = drafts.ConvertAll(draft => Measured.Of(request, days, draft, policy));
        var pool = all.Exists(x => x.Fits) ? all.FindAll(x => x.Fits) : all;
        var picks = new List<(Measured Plan, List<Reason> Why)>();
        if (policy is not null)
        {
            Choose(x => [x.Cost, x.Last, x.Stay, x.Deviation], "policy", x => Say("policy", [], "The center's policy for scarce machines prefers it."));
        }

        Choose(x => [x.Last, x.Stay, x.Deviation], "earliest-end", x => Say(
            "earliest-end", new() { ["lastDay"] = days.Day(x.Last) }, $"No plan ends before {Text(days.Day(x.Last))}."));
        Choose(x => [x.Lost, x.LongestGap, x.Last, x.Deviation], "fewest-gaps", x => Say(
            "fewest-gaps", new() { ["lostDays"] = x.Lost, ["longestGapDays"] = x.LongestGap }, $"Fewest days without a session: {x.Lost} weekdays lost, longest gap {x.LongestGap} days."));
        Choose(x => [x.Deviation, x.Largest, x.Last, x.Stay], "steadiest-hour", x => Say(
            "steadiest-hour", new() { ["deviationMinutes"] = x.Deviation }, $"The steadiest hour: {x.Deviation} minutes from the usual one on average."));
        var limited = request.MaxStayDays is not null || request.LastDayBy is not null;
        Choose(x => [x.Stay, x.Last, x.Deviation], limited ? "fits-stay" : "shortest-stay", x => Stay(request, x, limited));
        var balance = Balance(pool);
        Choose(x => [balance(x), x.Last], "balanced", x => Say(
            "balanced", new() { ["lastDay"] = days.Day(x.Last), ["lostDays"] = x.Lost, ["deviationMinutes"] = x.Deviation, ["daysInCountry"] = x.Stay },
            "The best mean of end, gaps, hour and stay."));
        foreach (var other in pool.OrderBy(balance).ThenBy(x => x.Order))
        {
            if (picks.Count >= Most)
            {
                break;
            }

            if (picks.TrueForAll(pick => IsOther(pick.Plan, other)))
            {
                picks.Add((other, [Other(picks, other, days)]));
            }
        }

        // Where machines are scarce the policy orders what is shown; what is shown stays a choice.
        return [.. picks.Take(Most).OrderBy(pick => pick.Plan.Cost).Select(pick => DescribeCourse.Of(
            request, time, days, pick.Plan, [.. pick.Why, .. pick.Plan.PolicyWhy is { } why ? [why] : Array.Empty<Reason>(), .. Compared(pool, pick.Plan)]))];

        // A plan may be the best in more than one way; it is then named for each.
        void Choose(Func<Measured, double[]> by, string code, Func<Measured, Reason> why)
        {
            var best = pool.Order(Comparer<Measured>.Create((a, b) => Compare(by(a), by(b)) is var order && order != 0 ? order : a.Order.CompareTo(b.Order))).First();
            var known = picks.FindIndex(pick => Compare(by(pick.Plan), by(best)) == 0 || !IsDifferent(pick.Plan, best));
            if (known >= 0)
            {
                picks[known].Why.Add(why(picks[known].Plan));
            }
            else
            {
                picks.Add((best, [why(best)]));
            }
        }
    }

    private static int Compare(double[] a, double[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i].CompareTo(b[i]) is var order && order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static bool IsDifferent(Measured a, Measured b) =>
        a.First != b.First || a.Last != b.Last || Math.Abs(a.Hour - b.Hour) >= 30 || a.Machine != b.Machine || a.Lost != b.Lost;

    private static bool IsOther(Measured a, Measured b) => Math.Abs(a.Hour - b.Hour) >= OtherHour || Math.Abs(a.First - b.First) >= OtherStart;

    private static Reason Other(List<(Measured Plan, List<Reason> Why)> picks, Measured other, CourseDays days) =>
        picks.TrueForAll(pick => Math.Abs(pick.Plan.First - other.First) >= OtherStart)
            ? Say("other-start", new() { ["firstDay"] = days.Day(other.First) }, $"Begins at another time: {Text(days.Day(other.First))}.")
            : Say("other-hour", new() { ["usualStart"] = TimeOnly.MinValue.AddMinutes(other.Hour) },
                string.Create(CultureInfo.InvariantCulture, $"At another hour: usually {TimeOnly.MinValue.AddMinutes(other.Hour):HH\\:mm}."));

    private static Reason Stay(CourseRequest request, Measured plan, bool limited)
    {
        Dictionary<string, object?> parameters = new() { ["daysInCountry"] = plan.Stay, ["maxStayDays"] = request.MaxStayDays, ["lastDayBy"] = request.LastDayBy };
        return !limited ? Say("shortest-stay", new() { ["daysInCountry"] = plan.Stay }, $"The shortest stay: {plan.Stay} days in the country.")
            : plan.Fits ? Say("fits-stay", parameters, $"Fits the limits: {plan.Stay} days in the country.")
            : Say("closest-to-limit", parameters, $"No plan keeps the limits; this one comes closest with {plan.Stay} days in the country.");
    }

    /// <summary>What a plan costs against the best in each respect.</summary>
    private static IEnumerable<Reason> Compared(List<Measured> pool, Measured plan)
    {
        var later = plan.Last - pool.Min(x => x.Last);
        var lost = plan.Lost - pool.Min(x => x.Lost);
        var stay = plan.Stay - pool.Min(x => x.Stay);
        if (later > 0)
        {
            yield return Say("ends-later", new() { ["days"] = later }, $"Ends {later} days after the earliest.");
        }

        if (lost > 0)
        {
            yield return Say("more-lost-days", new() { ["days"] = lost }, $"Loses {lost} more weekdays than the plan with the fewest gaps.");
        }

        if (stay > 0)
        {
            yield return Say("longer-stay", new() { ["days"] = stay }, $"{stay} days longer in the country than the shortest.");
        }
    }

    private static Func<Measured, double> Balance(List<Measured> pool)
    {
        var measures = new Func<Measured, double>[] { x => x.Last, x => x.Lost, x => x.Deviation, x => x.Stay, x => x.Late };
        var ranges = measures.Select(measure => (Measure: measure, Least: pool.Min(measure), Most: pool.Max(measure))).Where(x => x.Most > x.Least).ToArray();
        return plan => Math.Round(ranges.Sum(x => (x.Measure(plan) - x.Least) / (x.Most - x.Least)), 9);
    }

    private static Reason Say(string code, Dictionary<string, object?> parameters, string text) => new(code, parameters, text);

    private static string Text(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A draft with its figures. Days are numbers from the first loaded one; minutes count within the day.</summary>
    internal sealed record Measured(
        CourseDraft Draft, int Order, int First, int Last, int Lost, int LongestGap, int Hour, int Deviation, int Largest, int Changes, int Stay, int Late,
        bool Fits, Guid Machine, double Cost, Reason? PolicyWhy)
    {
        public static Measured Of(CourseRequest request, CourseDays days, CourseDraft draft, Policy? policy)
        {
            var (first, last) = (draft.Days[0], draft.Days[^1]);
            var (lost, longest) = (0, 0);
            for (var i = 1; i < draft.Days.Length; i++)
            {
                var gap = draft.Days[i] - draft.Days[i - 1];
                longest = Math.Max(longest, gap);
                lost += gap == 0 ? 0 : LostIn(request.Pattern, days, draft.Days[i - 1], draft.Days[i]);
            }

            var (hour, mean, largest) = Hours(days, draft);
            var arrive = (draft.PlanningCell < 0 ? first : days.IndexOfCell(draft.PlanningCell)) - request.ArriveDaysBefore;
            var stay = last + request.LeaveDaysAfter - arrive + 1;
            var late = request.DueOn is { } due ? Math.Max(0, days.Day(first).DayNumber - due.DayNumber) : 0;
            var machine = draft.Group.Machines[draft.Machines[0]].Id;
            (double Cost, Reason? Why) decided = policy is null ? (0, null) : policy(days.Day(first), machine);
            return new Measured(
                draft, (first * 4096) + (draft.Cells[0] % 4096), first, last, lost, longest, hour, mean, largest,
                draft.Machines.Zip(draft.Machines.Skip(1)).Count(x => x.First != x.Second), stay, late, !(request.MaxStayDays < stay), machine, decided.Cost, decided.Why);
        }

        /// <summary>Weekdays between two sessions on which the cadence would have had one.</summary>
        public static int LostIn(CoursePattern pattern, CourseDays days, int before, int after) => pattern.Cadence switch
        {
            Cadence.Daily or Cadence.TwiceDaily => days.WeekdaysBetween(before, after),
            Cadence.AlternateDays => Math.Max(0, days.WeekdaysBetween(before, after) - 1),
            Cadence.Cycle => 0,
        };

        private static (int Hour, int Mean, int Largest) Hours(CourseDays days, CourseDraft draft)
        {
            var (sum, largest, hour) = (0, 0, -1);
            for (var ordinal = 0; ordinal < 2; ordinal++)
            {
                var minutes = Enumerable.Range(0, draft.Days.Length)
                    .Where(i => (i > 0 && draft.Days[i - 1] == draft.Days[i] ? 1 : 0) == ordinal)
                    .Select(i => days.MinuteOf(draft.Days[i], draft.Cells[i])).ToArray();
                if (minutes.Length == 0)
                {
                    continue;
                }

                Array.Sort(minutes);
                var median = minutes[minutes.Length / 2];
                hour = hour < 0 ? median : hour;
                sum += minutes.Sum(x => Math.Abs(x - median));
                largest = Math.Max(largest, Math.Max(median - minutes[0], minutes[^1] - median));
            }

            return (hour, (int)Math.Round((double)sum / draft.Days.Length), largest);
        }
    }
}
