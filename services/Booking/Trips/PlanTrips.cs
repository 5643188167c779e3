using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;

namespace MedTourism.Booking.Trips;

/// <summary>One of the two trips: its visits, and from when to when the patient is in the country.</summary>
public sealed record PlannedTrip(IReadOnlyList<PlannedVisit> Visits, DateOnly ArriveOn, DateOnly LeaveOn)
{
    public int Days => LeaveOn.DayNumber - ArriveOn.DayNumber + 1;
}

/// <summary>Dates for both trips. The return may be as early as <see cref="EarliestReturn"/>; after <see cref="LatestReturn"/> it is not preferred.</summary>
public sealed record TripPlan(PlannedTrip First, PlannedTrip Second, int GapDays, DateOnly EarliestReturn, DateOnly LatestReturn, IReadOnlyList<Reason> Why)
{
    public IEnumerable<PlannedVisit> Visits => First.Visits.Concat(Second.Visits);
}

/// <summary>What the patient wishes. Days are those of the center.</summary>
public sealed record TripRequest(
    TripPattern Pattern, IReadOnlyList<string> Kinds, DateTimeOffset NotBefore, DateOnly FirstDayFrom, DateOnly? ReturnFrom = null, TimeOnly? StartFrom = null, TimeOnly? StartTo = null);

/// <summary>
/// Plans two trips: the first possible one with the earliest return, then later starts and later returns, up to five. Without any, it says which trip
/// found no time. Pure, and the same answer for the same facts.
/// </summary>
public static class PlanTrips
{
    /// <summary>The patient arrives on the day before the first visit.</summary>
    public const int ArriveDaysBefore = 1;

    private const int SearchDays = 60;

    // Days later that the first trip may begin and the second one follow; each gives an option if it differs from those before.
    private static readonly (int Start, int Return)[] Wishes = [(0, 0), (7, 0), (0, 28), (14, 0), (0, 56)];

    public static (IReadOnlyList<TripPlan> Plans, Reason? Refusal) Of(TripRequest request, FreeTime time)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(time);
        List<TripPlan> plans = [];
        Reason? refusal = null;
        foreach (var (start, later) in Wishes)
        {
            var from = request.FirstDayFrom.AddDays(start);
            if (Place(request, time, request.Pattern.First, 1, 0, from, from.AddDays(SearchDays)) is not { } first)
            {
                refusal ??= Refusal("no-first-trip", from);
                continue;
            }

            var (earliest, latest) = request.Pattern.Return(LocalTime.DateOf(first[^1].Time.Start, time.Zone));
            var wanted = (request.ReturnFrom > earliest ? request.ReturnFrom.Value : earliest).AddDays(later);
            if (later > 0 && wanted > latest)
            {
                continue;
            }

            if (Place(request, time, request.Pattern.Second, 2, first.Count, wanted, wanted.AddDays(SearchDays)) is not { } second)
            {
                refusal ??= Refusal("no-second-trip", wanted);
                continue;
            }

            var plan = Describe(request.Pattern, time, first, second, earliest, latest, start, later);
            if (!plans.Exists(x => x.Visits.Select(v => v.Time).SequenceEqual(plan.Visits.Select(v => v.Time))))
            {
                plans.Add(plan);
            }
        }

        return (plans, plans.Count == 0 ? refusal : null);
    }

    private static TripPlan Describe(
        TripPattern pattern, FreeTime time, List<PlannedVisit> first, List<PlannedVisit> second, DateOnly earliest, DateOnly latest, int start, int later)
    {
        var (placed, back) = (Day(first[^1]), Day(second[0]));
        var gap = back.DayNumber - placed.DayNumber;
        List<Reason> why = [start > 0 ? Say("later-start", "The first trip begins later.", ("days", start))
            : later > 0 ? Say("later-return", "The second trip is later: the gap may grow.", ("days", later))
            : Say("earliest", "The earliest first trip with the earliest return after healing.", ("gapDays", gap), ("gapMinDays", pattern.GapMinDays))];
        if (back > latest)
        {
            why.Add(Say("after-preferred-return", "The return is later than preferred; ask the dentist.", ("latest", latest)));
        }

        return new TripPlan(Trip(first, pattern.FirstStayDays), Trip(second, pattern.SecondStayDays), gap, earliest, latest, why);

        PlannedTrip Trip(List<PlannedVisit> visits, int shortest)
        {
            var arrive = Day(visits[0]).AddDays(-ArriveDaysBefore);
            var (leave, least) = (Day(visits[^1]).AddDays(pattern.FlyAfterDays), arrive.AddDays(shortest - 1));
            return new PlannedTrip(visits, arrive, leave > least ? leave : least);
        }

        DateOnly Day(PlannedVisit visit) => LocalTime.DateOf(visit.Time.Start, time.Zone);
    }

    /// <summary>The visits of one trip, each as early as can be; the first of them as early as any day of the search allows all.</summary>
    private static List<PlannedVisit>? Place(TripRequest request, FreeTime time, TripVisit[] visits, short trip, int before, DateOnly from, DateOnly until)
    {
        for (var day = from; day <= until && time.Holds(day); day = day.AddDays(1))
        {
            List<PlannedVisit> placed = [];
            foreach (var visit in visits)
            {
                // After the first visit, a few days of grace beyond what must lie between.
                var earliest = placed.Count == 0 ? day : LocalTime.DateOf(placed[^1].Time.Start, time.Zone).AddDays(visit.AfterDays);
                var last = placed.Count == 0 ? day : earliest.AddDays(7);
                if (Earliest(request, time, visit, earliest, last, placed.Count == 0 ? request.NotBefore : placed[^1].Time.End) is not var (interval, resources))
                {
                    break;
                }

                placed.Add(new PlannedVisit(before + placed.Count + 1, visit.Phase, interval, resources) { Trip = trip });
            }

            if (placed.Count == visits.Length)
            {
                return placed;
            }
        }

        return null;
    }

    private static (Interval Time, Guid[] Resources)? Earliest(TripRequest request, FreeTime time, TripVisit visit, DateOnly from, DateOnly until, DateTimeOffset notBefore)
    {
        var machines = time.OfKind(request.Kinds[0]).Select(machine => (Machine: machine, Grid: machine.Grid(visit.Minutes))).ToList();
        for (var day = from; day <= until && time.Holds(day); day = day.AddDays(1))
        {
            var (first, end) = time.CellsOf(day);
            var (least, most) = (request.StartFrom is { } a ? time.CellAt(day, a) : first, request.StartTo is { } b ? time.CellAt(day, b) : end);
            for (var cell = Math.Max(least, time.CellAfter(notBefore)); cell < most; cell++)
            {
                if (machines.Find(x => x.Grid[cell] && x.Machine.IsFree(cell, visit.Minutes)).Machine is not { } machine)
                {
                    continue;
                }

                var others = request.Kinds.Distinct().Skip(1).Select(kind => time.OfKind(kind).FirstOrDefault(x => x.IsFree(cell, visit.Minutes))?.Id).ToList();
                if (others.TrueForAll(id => id is not null))
                {
                    var start = time.TimeOf(cell);
                    return (new Interval(start, start.AddMinutes(visit.Minutes)), [machine.Id, .. others.Select(id => id!.Value)]);
                }
            }
        }

        return null;
    }

    private static Reason Refusal(string code, DateOnly from) => Say(code, $"No time was found within {SearchDays} days of {from:yyyy-MM-dd}.", ("from", from), ("days", SearchDays));

    private static Reason Say(string code, string text, params (string Name, object Value)[] parameters) =>
        new(code, parameters.ToDictionary(x => x.Name, x => (object?)x.Value), text);
}
