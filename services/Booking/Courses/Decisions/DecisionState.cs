namespace MedTourism.Booking.Courses.Decisions;

/// <summary>All that a decision may depend on: what is free, what arrived so far, and how late days count.</summary>
/// <param name="Today">Index of today's working day.</param>
/// <param name="Machines">Free slots over the horizon; days before today are not looked at.</param>
/// <param name="Seen">Every arrival observed so far in order, today's included.</param>
/// <param name="DaysSeen">Whole working days of observation before today.</param>
/// <param name="CalendarDays">Calendar day of each working day, for counting lateness; at least one per day of the horizon and per due day.</param>
/// <param name="Prior">The mix assumed while little was seen.</param>
public sealed record DecisionState(
    int Today, MachineDays Machines, IReadOnlyList<CourseDemand> Seen, int DaysSeen, IReadOnlyList<int> CalendarDays, IReadOnlyList<CourseKind> Prior)
{
    /// <summary>Calendar days by which a start is late, none if it is not.</summary>
    public int DaysLate(CourseDemand course, int start)
    {
        ArgumentNullException.ThrowIfNull(course);
        return Math.Max(0, CalendarDays[start] - CalendarDays[Math.Min(course.DueDay, CalendarDays.Count - 1)]);
    }

    /// <summary>Calendar days of working weeks of five days; day 0 is a Monday.</summary>
    public static int[] FiveDayWeeks(int days) => [.. Enumerable.Range(0, days).Select(day => day + (2 * (day / 5)))];
}
