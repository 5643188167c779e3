namespace MedTourism.Booking.Courses;

/// <summary>
/// How the sessions of a course follow each other, with one patient's numbers. Days are calendar days of the center's time zone; weekdays are
/// ISO 8601 (Monday 1). Every clinical number comes from the center's plan or the catalogue and needs a clinician's sign-off.
/// </summary>
public sealed record CoursePattern
{
    /// <summary>How many sessions, 1 to 80.</summary>
    public required int Sessions { get; init; }

    public required int SessionMinutes { get; init; }

    /// <summary>The first session's length if it is longer; 0 if it is not.</summary>
    public int FirstSessionMinutes { get; init; }

    public required Cadence Cadence { get; init; }

    /// <summary>Between the starts of two sessions: 6 h for twice daily, 18 h for daily in the catalogue's patterns.</summary>
    public int MinHoursBetween { get; init; }

    /// <summary>
    /// The most calendar days from one session's date to the next one's; 0 if there is no limit. Days on which nobody works (weekends, public
    /// holidays) may stretch it further; that is reported as a pause, not refused.
    /// </summary>
    public int MaxGapDays { get; init; }

    /// <summary>Every full week between the first and the last has at least so many; 0 if there is no such rule. A week loses what its holidays take.</summary>
    public int MinPerWeek { get; init; }

    /// <summary>Weekdays on which the first session may be; empty for all.</summary>
    public int[] StartWeekdays { get; init; } = [];

    /// <summary>So many sessions at the beginning are on consecutive days without a break.</summary>
    public int StartBlock { get; init; }

    /// <summary>For <see cref="Cadence.Cycle"/>: fewest and most days from one session to the next.</summary>
    public int CycleMinDays { get; init; }

    public int CycleMaxDays { get; init; }

    /// <summary>What each session occupies at the same time; the first kind is the machine.</summary>
    public required string[] ResourceKinds { get; init; }

    public MachineRule Machine { get; init; }

    /// <summary>Local start times that suit the patient: [from, to). Null for any.</summary>
    public TimeOnly? EarliestStart { get; init; }

    public TimeOnly? LatestStart { get; init; }

    public PlanningVisit? Planning { get; init; }

    /// <summary>What a center may do to make up for a lost session; each needs a clinician's word.</summary>
    public CatchUp CatchUp { get; init; } = new(0, false);

    /// <summary>How many days the whole may grow beyond what was planned before the gap guard calls it a breach; 0 if the plan says nothing.</summary>
    public int MaxProlongationDays { get; init; }

    /// <summary>Set if this is a treatment in two trips: then its rules are those of <see cref="Trips.TripRules"/>.</summary>
    public Trips.TripPattern? Trips { get; init; }

    /// <summary>Set if this is an IVF cycle: then it is laid out by <see cref="Cycles.PlanCycle"/>.</summary>
    public Cycles.CyclePattern? Ivf { get; init; }

    /// <summary>True if the rules of a course are what its sessions keep.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsCourse => Trips is null && Ivf is null;

    public int MinutesOf(int fraction) => fraction == 1 && FirstSessionMinutes > 0 ? FirstSessionMinutes : SessionMinutes;
}

/// <summary>How often.</summary>
public enum Cadence
{
    /// <summary>Once every working day.</summary>
    Daily,

    /// <summary>Twice every working day.</summary>
    TwiceDaily,

    /// <summary>Never on two days in a row.</summary>
    AlternateDays,

    /// <summary>Every so many days: <see cref="CoursePattern.CycleMinDays"/> to <see cref="CoursePattern.CycleMaxDays"/>.</summary>
    Cycle,
}

/// <summary>Which machines one course may use.</summary>
public enum MachineRule
{
    Same,

    /// <summary>Any machine of the first one's beam-matched set.</summary>
    Matched,
}

/// <summary>A visit before the course (simulation CT, mask) and the working days its plan takes.</summary>
public sealed record PlanningVisit(string[] ResourceKinds, int Minutes, int MinWorkingDays, int MaxWorkingDays);

/// <summary>Allowed ways to make up: a second session on a day, at least so many hours later (0: not allowed); a session on a weekend.</summary>
public sealed record CatchUp(int SecondSessionAfterHours, bool Weekend);
