using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Trips;

/// <summary>
/// A <see cref="TripPattern"/> as it is written and read over HTTP: the jaw (<c>lower</c> or <c>upper</c>) gives the catalogue's gap, a graft adds its
/// days, and every number may be set otherwise. Without visits: one placement of two hours; impression and fitting of an hour each, five days apart
/// for the dental laboratory (illustrative).
/// </summary>
public sealed record TripFields(
    string? Jaw = null,
    int GraftDays = 0,
    TripFields.Visit[]? First = null,
    TripFields.Visit[]? Second = null,
    int? GapMinDays = null,
    int? GapMaxDays = null,
    int? FirstStayDays = null,
    int? SecondStayDays = null,
    int? FlyAfterDays = null)
{
    private const int MostVisits = 10;

    private static readonly TripVisit[] UsualFirst = [new(Phases.Placement, 120)];
    private static readonly TripVisit[] UsualSecond = [new(Phases.Prosthetic, 60), new(Phases.Prosthetic, 60, 5)];

    public sealed record Visit(int Minutes, int AfterDays = 0);

    public static TripFields Of(TripPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new TripFields(
            pattern.Jaw, pattern.GraftDays, [.. pattern.First.Select(x => new Visit(x.Minutes, x.AfterDays))], [.. pattern.Second.Select(x => new Visit(x.Minutes, x.AfterDays))],
            pattern.GapMinDays, pattern.GapMaxDays, pattern.FirstStayDays, pattern.SecondStayDays, pattern.FlyAfterDays);
    }

    /// <summary>Call it when <see cref="Errors"/> found none.</summary>
    public TripPattern ToPattern()
    {
        var (min, max) = TripPattern.Gap(Jaw ?? TripPattern.Upper, GraftDays);
        return new TripPattern
        {
            Jaw = Jaw,
            GraftDays = GraftDays,
            First = First is null ? UsualFirst : [.. First.Select(x => new TripVisit(Phases.Placement, x.Minutes, x.AfterDays))],
            Second = Second is null ? UsualSecond : [.. Second.Select(x => new TripVisit(Phases.Prosthetic, x.Minutes, x.AfterDays))],
            GapMinDays = GapMinDays ?? min,
            GapMaxDays = GapMaxDays ?? Math.Max(max, GapMinDays ?? min),
            FirstStayDays = FirstStayDays ?? 3,
            SecondStayDays = SecondStayDays ?? 5,
            FlyAfterDays = FlyAfterDays ?? 1,
        };
    }

    public IEnumerable<(string Field, string Message)> Errors()
    {
        List<(string, string)> errors = [];
        Check("jaw", Jaw is TripPattern.Lower or TripPattern.Upper || (Jaw is null && GapMinDays is not null), "must be lower or upper, or the gap must be given");
        Check("graftDays", GraftDays is >= 0 and <= 365, "must be 0 to 365");
        Check("gapMinDays", GapMinDays is null or (>= 1 and <= 300), "must be 1 to 300");
        Check("gapMaxDays", GapMaxDays is null || (GapMaxDays >= (GapMinDays ?? 1) && GapMaxDays <= 330), "must not be below gapMinDays, and 330 at most");
        Check("first", First is null || AreVisits(First), $"must be 1 to {MostVisits} visits of 5 to 720 minutes, 0 to 30 days apart");
        Check("second", Second is null || AreVisits(Second), $"must be 1 to {MostVisits} visits of 5 to 720 minutes, 0 to 30 days apart");
        Check("stayDays", FirstStayDays is null or (>= 1 and <= 60) && SecondStayDays is null or (>= 1 and <= 60), "must be 1 to 60");
        Check("flyAfterDays", FlyAfterDays is null or (>= 0 and <= 30), "must be 0 to 30");
        return errors;

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add(($"pattern.trips.{field}", otherwise));
            }
        }
    }

    private static bool AreVisits(Visit[] visits) =>
        visits.Length is >= 1 and <= MostVisits && Array.TrueForAll(visits, x => x.Minutes is >= 5 and <= 720 && x.AfterDays is >= 0 and <= 30);
}
