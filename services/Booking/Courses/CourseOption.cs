namespace MedTourism.Booking.Courses;

/// <summary>What the patient wishes; all of it may be left out. Times are local to the center, days are its calendar days.</summary>
public sealed record CoursePreferences(
    DateOnly? FirstDayFrom = null,
    DateOnly? LastDayBy = null,
    TimeOnly? StartFrom = null,
    TimeOnly? StartTo = null,
    int? MaxStayDays = null,
    int? ArriveDaysBefore = null,
    int? LeaveDaysAfter = null,
    DateOnly? ReturnFrom = null)
{
    private const int Year = 365;

    public (string Field, string Message)[] Errors(DateOnly today)
    {
        List<(string, string)> errors = [];
        Check("firstDayFrom", FirstDayFrom is not { } first || (first >= today && first <= today.AddDays(Year)), "must be from today on and within a year");
        Check("lastDayBy", LastDayBy is not { } last || (last >= (FirstDayFrom ?? today) && last <= today.AddDays(Year)), "must not be before the first day and within a year");
        Check("startTo", StartFrom is null || StartTo is null || StartTo > StartFrom, "must be after startFrom");
        Check("maxStayDays", MaxStayDays is null or (>= 1 and <= Year), "must be 1 to 365");
        Check("arriveDaysBefore", ArriveDaysBefore is null or (>= 0 and <= 30), "must be 0 to 30");
        Check("leaveDaysAfter", LeaveDaysAfter is null or (>= 0 and <= 30), "must be 0 to 30");
        Check("returnFrom", ReturnFrom is not { } back || (back >= (FirstDayFrom ?? today) && back <= today.AddDays(Year)), "must not be before the first day and within a year");
        return [.. errors];

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add(($"preferences.{field}", otherwise));
            }
        }
    }
}

/// <summary>A plan that was shown to a patient, kept for an hour so that holding it needs nothing but its id.</summary>
public sealed class CourseOption
{
    public Guid Id { get; init; }

    public Guid PlanId { get; init; }

    public required PlannedVisit[] Visits { get; init; }

    public required CoursePreferences Preferences { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
