using MedTourism.Booking.Courses;
using MedTourism.Booking.Cycles;
using MedTourism.Booking.Trips;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>
/// A <see cref="CoursePattern"/> as it is written and read over HTTP: <c>cadence</c> is <c>daily</c>, <c>twice-daily</c>, <c>alternate-days</c> or
/// <c>cycle</c>; <c>machine</c> is <c>same</c> or <c>matched</c>.
/// </summary>
public sealed record PatternFields(
    int Sessions,
    int SessionMinutes,
    string? Cadence,
    string[]? ResourceKinds,
    int FirstSessionMinutes = 0,
    int MinHoursBetween = 0,
    int MaxGapDays = 0,
    int MinPerWeek = 0,
    int[]? StartWeekdays = null,
    int StartBlock = 0,
    int CycleMinDays = 0,
    int CycleMaxDays = 0,
    string? Machine = null,
    TimeOnly? EarliestStart = null,
    TimeOnly? LatestStart = null,
    PatternFields.Visit? Planning = null,
    PatternFields.MakeUp? CatchUp = null,
    int MaxProlongationDays = 0,
    TripFields? Trips = null,
    CyclePattern? Ivf = null)
{
    private static readonly Dictionary<string, Cadence> Cadences = new(StringComparer.Ordinal)
    {
        ["daily"] = Courses.Cadence.Daily,
        ["twice-daily"] = Courses.Cadence.TwiceDaily,
        ["alternate-days"] = Courses.Cadence.AlternateDays,
        ["cycle"] = Courses.Cadence.Cycle,
    };

    public sealed record Visit(string[]? ResourceKinds, int Minutes, int MinWorkingDays, int MaxWorkingDays);

    public sealed record MakeUp(int SecondSessionAfterHours, bool Weekend);

    public static PatternFields Of(CoursePattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new PatternFields(
            pattern.Sessions, pattern.SessionMinutes, Cadences.Single(x => x.Value == pattern.Cadence).Key, pattern.ResourceKinds, pattern.FirstSessionMinutes,
            pattern.MinHoursBetween, pattern.MaxGapDays, pattern.MinPerWeek, pattern.StartWeekdays, pattern.StartBlock, pattern.CycleMinDays, pattern.CycleMaxDays,
            pattern.Machine == MachineRule.Matched ? "matched" : "same", pattern.EarliestStart, pattern.LatestStart,
            pattern.Planning is { } visit ? new Visit(visit.ResourceKinds, visit.Minutes, visit.MinWorkingDays, visit.MaxWorkingDays) : null,
            new MakeUp(pattern.CatchUp.SecondSessionAfterHours, pattern.CatchUp.Weekend), pattern.MaxProlongationDays,
            pattern.Trips is null ? null : TripFields.Of(pattern.Trips), pattern.Ivf);
    }

    /// <summary>Call it when <see cref="Errors"/> found none.</summary>
    public CoursePattern ToPattern() => Trips is null && Ivf is null ? ToCourse() : ToOther();

    /// <summary>Two trips or an IVF cycle: the numbers of a course only say how many appointments there are.</summary>
    private CoursePattern ToOther()
    {
        var trips = Trips?.ToPattern();
        return new CoursePattern
        {
            Sessions = trips?.Visits ?? PlanCycle.Of(Ivf!, DateOnly.FromDayNumber(1), null, TimeZoneInfo.Utc).Appointments.Count(),
            SessionMinutes = trips?.First[0].Minutes ?? Ivf!.RetrievalMinutes,
            Cadence = Courses.Cadence.Daily,
            ResourceKinds = [.. (ResourceKinds ?? []).Distinct()],
            Trips = trips,
            Ivf = trips is null ? Ivf : null,
        };
    }

    private CoursePattern ToCourse() => new()
    {
        Sessions = Sessions,
        SessionMinutes = SessionMinutes,
        FirstSessionMinutes = FirstSessionMinutes,
        Cadence = Cadences[Cadence!],
        MinHoursBetween = MinHoursBetween,
        MaxGapDays = MaxGapDays,
        MinPerWeek = MinPerWeek,
        StartWeekdays = [.. (StartWeekdays ?? []).Distinct().Order()],
        StartBlock = StartBlock,
        CycleMinDays = CycleMinDays,
        CycleMaxDays = CycleMaxDays,
        ResourceKinds = [.. ResourceKinds!.Distinct()],
        Machine = Machine == "matched" ? MachineRule.Matched : MachineRule.Same,
        EarliestStart = EarliestStart,
        LatestStart = LatestStart,
        Planning = Planning is { } visit ? new PlanningVisit([.. visit.ResourceKinds!.Distinct()], visit.Minutes, visit.MinWorkingDays, visit.MaxWorkingDays) : null,
        CatchUp = CatchUp is { } makeUp ? new CatchUp(makeUp.SecondSessionAfterHours, makeUp.Weekend) : new CatchUp(0, false),
        MaxProlongationDays = MaxProlongationDays,
    };

    /// <summary>What is wrong with it, given the kinds of resources its center has.</summary>
    public IEnumerable<(string Field, string Message)> Errors(IReadOnlySet<string> kinds)
    {
        List<(string, string)> errors = [];
        if (Ivf is not null)
        {
            return Ivf.Errors().Select(error => ($"pattern.ivf.{error.Field}", error.Message));
        }

        if (Trips is not null)
        {
            Check("resourceKinds", ResourceKinds is { Length: >= 1 and <= 6 } needs && Array.TrueForAll(needs, kinds.Contains), "must be 1 to 6 kinds of resources that your center has, the chair first");
            return errors.Concat(Trips.Errors());
        }

        var isCycle = Cadence == "cycle";
        Check("sessions", Sessions is >= 1 and <= 80, "must be 1 to 80");
        Check("sessionMinutes", SessionMinutes is >= 5 and <= 720, "must be 5 to 720");
        Check("firstSessionMinutes", FirstSessionMinutes == 0 || (FirstSessionMinutes >= SessionMinutes && FirstSessionMinutes <= 720), "must be 0, or at least as long as a session");
        Check("cadence", Cadence is not null && Cadences.ContainsKey(Cadence), "must be daily, twice-daily, alternate-days or cycle");
        Check("resourceKinds", ResourceKinds is { Length: >= 1 and <= 6 } own && Array.TrueForAll(own, kinds.Contains), "must be 1 to 6 kinds of resources that your center has, the machine first");
        Check("minHoursBetween", MinHoursBetween >= 0 && MinHoursBetween <= (Cadence == "twice-daily" ? 12 : 48), "must be 0 to 48, or 12 if twice daily");
        Check("maxGapDays", MaxGapDays is >= 0 and <= 60 && (MaxGapDays != 1 || Sessions <= 5), "must be 0 (no limit) to 60; 1 allows no weekend");
        Check("minPerWeek", MinPerWeek >= 0 && MinPerWeek <= (Cadence == "twice-daily" ? 10 : Cadence == "alternate-days" ? 3 : isCycle ? 0 : 5), "must be 0 (no such rule) to what the cadence allows");
        Check("startWeekdays", (StartWeekdays ?? []).All(day => day is >= 1 and <= 5), "must be working days, 1 (Monday) to 5");
        Check("startBlock", StartBlock >= 0 && StartBlock <= Math.Min(Sessions, 10) && (StartBlock <= 1 || Cadence is "daily" or "twice-daily"), "must be 0 to 10, not more than there are sessions, and only for daily courses");
        Check("cycleMinDays", !isCycle || (CycleMinDays >= 1 && CycleMinDays <= CycleMaxDays), "must be at least 1 and not above cycleMaxDays");
        Check("cycleMaxDays", isCycle ? CycleMaxDays <= 120 && CycleMaxDays * (Sessions - 1) <= 330 : CycleMaxDays == 0 && CycleMinDays == 0, "must be 0 unless it is a cycle; all cycles must fit into a year");
        Check("machine", Machine is null or "same" or "matched", "must be same or matched");
        Check("latestStart", EarliestStart is null || LatestStart is null || LatestStart > EarliestStart, "must be after earliestStart");
        Check("catchUp.secondSessionAfterHours", CatchUp?.SecondSessionAfterHours is null or 0 or (>= 4 and <= 12), "must be 0 (not allowed) or 4 to 12");
        Check("maxProlongationDays", MaxProlongationDays is >= 0 and <= 60, "must be 0 to 60");
        if (Planning is { } visit)
        {
            Check("planning.resourceKinds", visit.ResourceKinds is { Length: >= 1 and <= 6 } needed && Array.TrueForAll(needed, kinds.Contains), "must be 1 to 6 kinds of resources that your center has");
            Check("planning.minutes", visit.Minutes is >= 5 and <= 720, "must be 5 to 720");
            Check("planning.minWorkingDays", visit.MinWorkingDays is >= 0 and <= 60, "must be 0 to 60");
            Check("planning.maxWorkingDays", visit.MaxWorkingDays is >= 0 and <= 90 && (visit.MaxWorkingDays == 0 || visit.MaxWorkingDays >= Math.Max(1, visit.MinWorkingDays)), "must be 0 (no limit), or not below minWorkingDays and at most 90");
        }

        return errors;

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add(($"pattern.{field}", otherwise));
            }
        }
    }
}
