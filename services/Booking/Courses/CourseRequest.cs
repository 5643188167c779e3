namespace MedTourism.Booking.Courses;

/// <summary>
/// What is to be planned. <see cref="NotBefore"/> bounds every visit, <see cref="FirstDayFrom"/> the first session; days are those of the center's time
/// zone. The hours narrow the pattern's own. The limits are wishes: if no plan keeps them, plans that do not are returned and say so.
/// </summary>
public sealed record CourseRequest(
    CoursePattern Pattern,
    DateTimeOffset NotBefore,
    DateOnly FirstDayFrom,
    DateOnly? LastDayBy = null,
    TimeOnly? StartFrom = null,
    TimeOnly? StartTo = null,
    int? MaxStayDays = null,
    DateOnly? DueOn = null,
    int ArriveDaysBefore = 1,
    int LeaveDaysAfter = 1)
{
    /// <summary>The pattern with the patient's hours.</summary>
    public CoursePattern Narrowed => Pattern with
    {
        EarliestStart = Later(Pattern.EarliestStart, StartFrom),
        LatestStart = Earlier(Pattern.LatestStart, StartTo),
    };

    private static TimeOnly? Later(TimeOnly? a, TimeOnly? b) => a is null || b > a ? b ?? a : a;

    private static TimeOnly? Earlier(TimeOnly? a, TimeOnly? b) => a is null || b < a ? b ?? a : a;
}
