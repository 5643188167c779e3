using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Courses;

/// <summary>One visit of a plan with all that it occupies, the machine first.</summary>
public sealed record PlannedVisit(int Number, string Phase, Interval Time, Guid[] ResourceIds)
{
    /// <summary>1, or 2 for the second of two trips.</summary>
    public short Trip { get; init; } = 1;
}

/// <summary>
/// Why something is as it is: a stable <see cref="Code"/> with named parameters for the reader's language, and the same in English.
/// </summary>
public sealed record Reason(string Code, Dictionary<string, object?> Parameters, string Text);

/// <summary>More than a day between two sessions: their dates, the calendar days from one to the other, and what lies between.</summary>
public sealed record CourseGap(DateOnly After, DateOnly Until, int Days, List<Reason> Reasons);

/// <summary>
/// Dates for a whole course. <see cref="LostDays"/> are weekdays on which a session would have been, were there no holidays and always time;
/// <see cref="DelayDays"/> the calendar days that the course ends later for it. <see cref="HourDeviationMinutes"/> is the mean distance of a start from
/// the usual one. <see cref="DaysInCountry"/> counts both the day of arrival and of leaving.
/// </summary>
public sealed record CoursePlan(
    IReadOnlyList<PlannedVisit> Visits,
    DateOnly FirstDay,
    DateOnly LastDay,
    DateOnly ArriveOn,
    DateOnly LeaveOn,
    int DaysInCountry,
    IReadOnlyList<CourseGap> Gaps,
    int LongestGapDays,
    int LostDays,
    int DelayDays,
    TimeOnly UsualStart,
    int HourDeviationMinutes,
    int LargestDeviationMinutes,
    int MachineChanges,
    int? DaysLate,
    bool FitsLimits,
    IReadOnlyList<Reason> Why)
{
    public IEnumerable<PlannedVisit> Fractions => Visits.Where(x => x.Phase == Sessions.Phases.Fraction);
}

/// <summary>
/// A rule, or someone's block, that stood in the way, and on which days. The codes: <c>no-resource</c>, <c>status</c>, <c>closed</c>, <c>blocked</c>,
/// <c>taken</c>, <c>holiday</c>, <c>hours</c>, <c>horizon</c>, and those of <see cref="CourseRules"/>, <c>planning</c> and <c>last-day</c>.
/// </summary>
public sealed record Refusal(Reason Reason, IReadOnlyList<DateOnly> Days);

/// <summary>What would have to change for a plan to be possible, and when it would end. A clinical one needs a clinician's word.</summary>
public sealed record Relaxation(Reason Reason, bool Clinical, DateOnly FirstDay, DateOnly LastDay);

/// <summary>Up to five plans, best first; or none, with why and what would help.</summary>
public sealed record CourseAnswer(IReadOnlyList<CoursePlan> Plans, IReadOnlyList<Refusal> Refusals, IReadOnlyList<Relaxation> Relaxations);
