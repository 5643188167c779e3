namespace MedTourism.Booking.Trips;

/// <summary>An appointment of a trip: so many minutes, at least so many days after the one before it.</summary>
public sealed record TripVisit(string Phase, int Minutes, int AfterDays = 0);

/// <summary>
/// A treatment in two trips with a healing gap between them, with one patient's numbers. The gap is counted from the day of the last visit of the first
/// trip to that of the first visit of the second; it may grow, not shrink. Every number needs a clinician's sign-off.
/// </summary>
public sealed record TripPattern
{
    /// <summary>The catalogue's sources of P-IMPLANT: the gap by jaw [dentaljaw], three to six months and the length of the trips [dental2].</summary>
    public static readonly string[] Sources = ["dental2", "dentaljaw"];

    public const string Lower = "lower";
    public const string Upper = "upper";

    private const int LowerMinDays = 60;
    private const int UpperMinDays = 120;
    private const int PreferredMaxDays = 180;

    public required TripVisit[] First { get; init; }

    public required TripVisit[] Second { get; init; }

    public required int GapMinDays { get; init; }

    /// <summary>Later than this is not preferred, but allowed.</summary>
    public required int GapMaxDays { get; init; }

    /// <summary>Which jaw, and the days that a bone graft adds: there is no source for those, the dentist gives them.</summary>
    public string? Jaw { get; init; }

    public int GraftDays { get; init; }

    /// <summary>The shortest usual stay of each trip [dental2].</summary>
    public int FirstStayDays { get; init; } = 3;

    public int SecondStayDays { get; init; } = 5;

    /// <summary>From the last visit to the flight home (P-IMPLANT, fly_after_days).</summary>
    public int FlyAfterDays { get; init; } = 1;

    /// <summary>Procedures whose usual pattern is P-IMPLANT: their plans may be ordered as two trips, whatever else is sold of them.</summary>
    public static bool IsUsualFor(string procedureId) => procedureId is "implant-single";

    public int Visits => First.Length + Second.Length;

    /// <summary>The first and the last preferred day of the second trip, for a first trip that ends on this day.</summary>
    public (DateOnly Earliest, DateOnly Latest) Return(DateOnly placed) => (placed.AddDays(GapMinDays), placed.AddDays(GapMaxDays));

    /// <summary>The gap of the catalogue for a jaw, longer by what a graft needs.</summary>
    public static (int Min, int Max) Gap(string jaw, int graftDays) =>
        ((jaw == Upper ? UpperMinDays : LowerMinDays) + graftDays, PreferredMaxDays + graftDays);
}
