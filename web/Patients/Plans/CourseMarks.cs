using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Plans;

/// <summary>The days of a course for its calendar: sessions, the planning visit, travel, and what stands in its gaps.</summary>
public static class CourseMarks
{
    public static List<CourseCalendar.Mark> Of(Texts texts, CourseOption plan, string zone)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(plan);
        return Of(texts, plan.Sessions, plan.Gaps, plan.ArriveOn, plan.LeaveOn, zone);
    }

    public static List<CourseCalendar.Mark> Of(Texts texts, IReadOnlyCollection<PlanVisit> visits, IReadOnlyCollection<PlanGap> gaps, DateOnly arrive, DateOnly leave, string zone)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(visits);
        ArgumentNullException.ThrowIfNull(gaps);
        var marks = new List<CourseCalendar.Mark>();
        var fractions = visits.Where(visit => visit.Phase == "fraction").OrderBy(visit => visit.Start).ToArray();
        foreach (var day in visits.GroupBy(visit => Formats.DayAt(visit.Start, zone)))
        {
            var time = Formats.TimeAt(day.First().Start, zone);
            var numbers = day.Where(visit => visit.Phase == "fraction").Select(visit => Array.IndexOf(fractions, visit) + 1).ToArray();
            marks.Add(numbers.Length > 0
                ? new(day.Key, "on", $"{Formats.Plain(numbers[^1])}/{Formats.Plain(fractions.Length)}", texts["plan.mark-session", ("n", numbers[^1]), ("of", fractions.Length), ("time", time)])
                : new(day.Key, "plan", texts["plan.mark-planning-short"], texts["plan.mark-planning", ("time", time)]));
        }

        foreach (var why in gaps.SelectMany(gap => gap.Reasons))
        {
            if (why.Code == "holiday" && why.Day("date") is { } holiday)
            {
                marks.Add(new(holiday, "hol", texts["plan.mark-holiday"], why.Word("name")));
            }
            else if (why.Code is "closed" or "blocked" or "status" && why.Moment("from") is { } from)
            {
                marks.Add(new(Formats.DayAt(from, zone), "qa", "×", $"{why.Word("resource")}: {why.Word("reason")}"));
            }
        }

        marks.Add(new(arrive, "plan", texts["plan.mark-arrive-short"], texts["plan.mark-arrive"]));
        marks.Add(new(leave, "plan", texts["plan.mark-leave-short"], texts["plan.mark-leave"]));
        return marks;
    }
}
