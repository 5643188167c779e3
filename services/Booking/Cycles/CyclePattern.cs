namespace MedTourism.Booking.Cycles;

/// <summary>
/// The steps of an IVF cycle in days from its day 1, with a center's or a patient's numbers. The defaults are the catalogue's pattern P-IVF (sources
/// ivf16, ivf46, ivf1521); every one of them needs a clinician's sign-off, and what has no source is illustrative.
/// </summary>
public sealed record CyclePattern
{
    /// <summary>The catalogue's sources of the defaults.</summary>
    public static readonly string[] Sources = ["ivf16", "ivf46", "ivf1521"];

    /// <summary>Where each default comes from: a key of the catalogue's sources, or its pattern, which names several. What is not here has no source.</summary>
    public static readonly IReadOnlyDictionary<string, string> Basis = new Dictionary<string, string>
    {
        ["stimulationStartDay"] = "ivf16",
        ["stimulationDays"] = "ivf46",
        ["monitoringEvery"] = "ivf46",
        ["hoursToRetrieval"] = "P-IVF",
        ["transferDay"] = "ivf46",
        ["testDays"] = "ivf46",
        ["nextCycleDays"] = "P-IVF",
    };

    /// <summary>False for a frozen transfer, which needs <see cref="TransferCycleDay"/>.</summary>
    public bool Retrieval { get; init; } = true;

    /// <summary>Days from retrieval to transfer, 3 to 6 [ivf46]; null if embryos are frozen.</summary>
    public int? TransferDay { get; init; } = 5;

    /// <summary>The day of the cycle of a frozen transfer.</summary>
    public int? TransferCycleDay { get; init; }

    /// <summary>Stimulation begins on this day of the cycle [ivf16].</summary>
    public int StimulationStartDay { get; init; } = 2;

    /// <summary>Stimulation takes so many days [ivf46]; the plan counts on the fewest until the trigger is known.</summary>
    public int StimulationMinDays { get; init; } = 8;

    public int StimulationMaxDays { get; init; } = 14;

    /// <summary>Local hour of the trigger injection, until a doctor sets it.</summary>
    public TimeOnly TriggerTime { get; init; } = new(21, 0);

    /// <summary>From the trigger to retrieval, exactly.</summary>
    public int HoursToRetrieval { get; init; } = 36;

    /// <summary>Days from one scan to the next, in turn: every two to three days [ivf46].</summary>
    public int[] MonitoringEvery { get; init; } = [3, 2];

    public TimeOnly MonitoringTime { get; init; } = new(9, 0);

    public TimeOnly TransferTime { get; init; } = new(10, 0);

    public int MonitoringMinutes { get; init; } = 30;

    public int RetrievalMinutes { get; init; } = 60;

    public int TransferMinutes { get; init; } = 30;

    /// <summary>Days from the last step to the first flight home; the doctor's word decides.</summary>
    public int FlyAfterDays { get; init; } = 1;

    /// <summary>Days from transfer to the pregnancy test at home [ivf46].</summary>
    public int TestFromDays { get; init; } = 10;

    public int TestToDays { get; init; } = 14;

    /// <summary>A cycle that is given up is followed by another day 1 about so many days later (P-IVF, catch_up).</summary>
    public int NextCycleDays { get; init; } = 28;

    /// <summary>The pattern of a procedure that can be reserved without a treatment plan; null if a clinician must order it.</summary>
    public static CyclePattern? Of(string procedureId) => procedureId switch
    {
        "ivf-standard" or "ivf-icsi" => new CyclePattern(),
        "ivf-pgt" or "egg-embryo-cryo" => new CyclePattern { TransferDay = null }, // P-IVF-SPLIT: the frozen transfer is another cycle
        _ => null,
    };

    /// <summary>What a clinician's order begins with: the procedure's own, or a frozen transfer, for whose day the catalogue has no number.</summary>
    public static CyclePattern Ordered(string procedureId) => Of(procedureId) ?? new CyclePattern { Retrieval = false, TransferDay = null };

    /// <summary>What is wrong with the numbers, by field.</summary>
    public IEnumerable<(string Field, string Message)> Errors()
    {
        if (Retrieval ? TransferDay is < 3 or > 6 : TransferCycleDay is null or < 1 or > 40)
        {
            yield return Retrieval ? ("transferDay", "must be 3 to 6, or null") : ("transferCycleDay", "must be 1 to 40 for a frozen transfer");
        }

        if (StimulationStartDay is < 1 or > 10 || StimulationMinDays < 1 || StimulationMaxDays < StimulationMinDays || StimulationMaxDays > 30)
        {
            yield return ("stimulation", "must begin on day 1 to 10 and take 1 to 30 days");
        }

        if (HoursToRetrieval is < 30 or > 42 || MonitoringEvery is not { Length: > 0 } || MonitoringEvery.Any(days => days < 1))
        {
            yield return ("hoursToRetrieval", "must be 30 to 42, with scans at least a day apart");
        }

        if (MonitoringMinutes is < 5 or > 240 || RetrievalMinutes is < 5 or > 480 || TransferMinutes is < 5 or > 240)
        {
            yield return ("minutes", "must be 5 to 240, for retrieval to 480");
        }

        if (FlyAfterDays is < 0 or > 30 || TestFromDays < 1 || TestToDays < TestFromDays || TestToDays > 60 || NextCycleDays is < 15 or > 90)
        {
            yield return ("days", "must be usual numbers of days");
        }
    }
}
