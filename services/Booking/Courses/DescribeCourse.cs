using System.Globalization;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Courses;

/// <summary>Makes a chosen draft a plan: its visits with all their resources, its gaps with their reasons.</summary>
internal static class DescribeCourse
{
    /// <exception cref="InvalidOperationException">The plan breaks a rule of its own pattern, which would be a fault of the search.</exception>
    public static CoursePlan Of(CourseRequest request, FreeTime time, CourseDays days, RankPlans.Measured measured, IReadOnlyList<Reason> why)
    {
        var (pattern, draft) = (request.Narrowed, measured.Draft);
        var visits = Visits(pattern, time, draft);
        var fractions = visits.Where(x => x.Phase == Phases.Fraction).ToList();
        var breaches = CourseRules.Check(
            pattern, [.. fractions.Select(x => new PlannedSession(x.Number, x.Phase, x.Time, x.ResourceIds[0]))], time.Zone, time.IsWorkingDay,
            (a, b) => time.Resource(a).Matches(time.Resource(b)));
        if (breaches.Count > 0)
        {
            throw new InvalidOperationException($"A plan breaks the rule '{breaches[0].Rule}' on {breaches[0].Date:yyyy-MM-dd}.");
        }

        var (first, last) = (days.Day(measured.First), days.Day(measured.Last));
        var arrive = LocalTime.DateOf(visits[0].Time.Start, time.Zone).AddDays(-request.ArriveDaysBefore);
        var leave = last.AddDays(request.LeaveDaysAfter);
        return new CoursePlan(
            visits, first, last, arrive, leave, leave.DayNumber - arrive.DayNumber + 1, Gaps(pattern, time, days, draft), measured.LongestGap, measured.Lost,
            Delay(pattern, days, measured), TimeOnly.MinValue.AddMinutes(measured.Hour), measured.Deviation, measured.Largest, measured.Changes,
            request.DueOn is null ? null : measured.Late, measured.Fits, why);
    }

    private static List<PlannedVisit> Visits(CoursePattern pattern, FreeTime time, CourseDraft draft)
    {
        List<PlannedVisit> visits = [];
        if (pattern.Planning is { } planning)
        {
            var machine = time.OfKind(planning.ResourceKinds[0])
                .First(x => x.IsFree(draft.PlanningCell, planning.Minutes) && x.Grid(planning.Minutes)[draft.PlanningCell]);
            visits.Add(Visit(Phases.Planning, machine, planning.ResourceKinds, draft.PlanningCell, planning.Minutes));
        }

        for (var i = 0; i < draft.Cells.Length; i++)
        {
            visits.Add(Visit(Phases.Fraction, draft.Group.Machines[draft.Machines[i]], pattern.ResourceKinds, draft.Cells[i], pattern.MinutesOf(i + 1)));
        }

        return visits;

        PlannedVisit Visit(string phase, ResourceTime machine, string[] kinds, int cell, int minutes)
        {
            var start = time.TimeOf(cell);
            var others = kinds.Distinct().Skip(1).Select(kind => time.OfKind(kind).First(x => x.IsFree(cell, minutes)).Id);
            return new PlannedVisit(visits.Count + 1, phase, new Interval(start, start.AddMinutes(minutes)), [machine.Id, .. others]);
        }
    }

    /// <summary>Later than the same number of sessions from the same day on, with every weekday worked.</summary>
    private static int Delay(CoursePattern pattern, CourseDays days, RankPlans.Measured measured)
    {
        if (pattern.Cadence is Cadence.Cycle or Cadence.AlternateDays)
        {
            return 0;
        }

        var ideal = days.Day(measured.First);
        for (var left = measured.Draft.Days.Distinct().Count() - 1; left > 0;)
        {
            ideal = ideal.AddDays(1);
            left -= ideal.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }

        return days.Day(measured.Last).DayNumber - ideal.DayNumber;
    }

    private static List<CourseGap> Gaps(CoursePattern pattern, FreeTime time, CourseDays days, CourseDraft draft)
    {
        List<CourseGap> gaps = [];
        for (var i = 1; i < draft.Days.Length && pattern.Cadence != Cadence.Cycle; i++)
        {
            var (before, after) = (draft.Days[i - 1], draft.Days[i]);
            if (after - before > (pattern.Cadence == Cadence.AlternateDays ? 2 : 1))
            {
                gaps.Add(new CourseGap(days.Day(before), days.Day(after), after - before, Reasons(before, after, i + 1)));
            }
        }

        return gaps;

        List<Reason> Reasons(int before, int after, int fraction)
        {
            List<Reason> reasons = [];
            for (var day = before + 1; day < after; day++)
            {
                var date = days.Day(day);
                if (date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
                {
                    reasons.Add(new Reason("weekend", new() { ["date"] = date }, $"{Text(date)}: weekend."));
                }
                else if (!days.Working[day])
                {
                    var name = time.Holidays.GetValueOrDefault(date);
                    reasons.Add(new Reason("holiday", new() { ["date"] = date, ["name"] = name }, $"{Text(date)}: {name}."));
                }
                else if (!draft.Group.Starts(fraction).Any(days.From[day], days.To[day]))
                {
                    reasons.AddRange(draft.Group.Machines.SelectMany(machine => NoTime(time, machine, date)).DistinctBy(x => x.Text));
                }
                else
                {
                    reasons.Add(new Reason("rules", new() { ["date"] = date }, $"{Text(date)}: a session here would break a rule between sessions."));
                }
            }

            return reasons;
        }
    }

    /// <summary>What a machine's day is full of: closures and blocks by name, or others' bookings.</summary>
    public static IEnumerable<Reason> NoTime(FreeTime time, ResourceTime machine, DateOnly day)
    {
        var (from, to) = time.CellsOf(day);
        var obstacles = machine.WhyNot(new Interval(time.TimeOf(from), time.TimeOf(to)));
        var named = obstacles.Where(x => x.Kind is not ("hours" or "taken")).ToList();
        return (named.Count > 0 ? named : obstacles.Take(1)).Select(x => Say(x, time.Zone));
    }

    public static Reason Say(Obstacle obstacle, TimeZoneInfo zone)
    {
        var (from, to) = (TimeZoneInfo.ConvertTime(obstacle.From, zone), TimeZoneInfo.ConvertTime(obstacle.To, zone));
        var when = from.Date == to.AddTicks(-1).Date
            ? string.Create(CultureInfo.InvariantCulture, $"{from:d MMMM HH\\:mm}–{to:HH\\:mm}")
            : string.Create(CultureInfo.InvariantCulture, $"{from:d MMMM HH\\:mm} – {to:d MMMM HH\\:mm}");
        var what = obstacle.Kind switch
        {
            "closed" or "blocked" or "holiday" => obstacle.Reason ?? obstacle.Kind,
            "status" => $"the machine is {obstacle.Reason}",
            "taken" => "held or booked by others",
            "hours" => "outside its hours, or too little free time in one piece",
            _ => "later than is planned here",
        };
        return new Reason(
            obstacle.Kind,
            new() { ["resource"] = obstacle.Resource, ["reason"] = obstacle.Reason, ["from"] = obstacle.From, ["to"] = obstacle.To },
            $"{obstacle.Resource}: {what}, {when}.");
    }

    private static string Text(DateOnly day) => day.ToString("d MMMM", CultureInfo.InvariantCulture);
}
