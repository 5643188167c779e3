using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// Replans the patients of a repair, one after the other in an order that is fair, each within the free time the ones before have left. Pure: the same
/// patients and the same free time give the same plan, and a plan that was carried out leaves nothing that the next plan would change.
/// </summary>
public static class RepairPlanner
{
    /// <summary>Everyone's outcome in the order in which they must be carried out. <paramref name="time"/> ends as it will be then.</summary>
    public static List<RepairOutcome> Plan(RepairTime time, IReadOnlyCollection<RepairCase> patients, RepairStyle style, DateTimeOffset notBefore)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(patients);
        ArgumentNullException.ThrowIfNull(style);
        if (style.MoreHours || style.CatchUp)
        {
            time.Widen();
        }

        List<RepairOutcome> done = [];
        List<RepairOutcome> failed = [];
        var waiting = patients.OrderBy(x => Slack(x, time.Zone)).ThenBy(FirstLost).ThenBy(x => x.BookingId).ToList();

        // Time that a repaired patient leaves is given to others only after everyone had a turn: so nobody's way back leads over another patient.
        while (waiting.Count > 0)
        {
            var before = done.Count;
            failed.Clear();
            foreach (var patient in waiting)
            {
                var outcome = One(time, patient, style, notBefore);
                (outcome.IsRepaired ? done : failed).Add(outcome);
            }

            foreach (var outcome in done.Skip(before))
            {
                Leave(time, outcome);
            }

            waiting = done.Count > before ? [.. failed.Select(x => x.Patient)] : [];
        }

        return [.. done, .. failed];
    }

    /// <summary>
    /// Days that a patient can still lose before a limit of the pattern is broken: of the gap around the first lost session, or of the whole course.
    /// A single visit has no limit and comes after the courses.
    /// </summary>
    public static int Slack(RepairCase patient, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(patient);
        const int none = 1000;
        if (patient.Pattern is not { } pattern)
        {
            return none;
        }

        var fractions = patient.Sessions.Where(x => x.Phase == Phases.Fraction).OrderBy(x => x.Time.Start).ToList();
        var first = fractions.FindIndex(x => patient.Lost.Contains(x.Id));
        var slack = pattern.MaxProlongationDays > 0 ? pattern.MaxProlongationDays - patient.Lost.Count : none;
        if (first > 0 && pattern.MaxGapDays > 0)
        {
            var before = LocalTime.DateOf(fractions[first - 1].Time.Start, zone);
            var after = fractions.Skip(first).FirstOrDefault(x => !patient.Lost.Contains(x.Id)) is { } kept
                ? LocalTime.DateOf(kept.Time.Start, zone)
                : LocalTime.DateOf(fractions[^1].Time.Start, zone).AddDays(1);
            slack = Math.Min(slack, pattern.MaxGapDays - (after.DayNumber - before.DayNumber));
        }

        return slack;
    }

    private static RepairOutcome One(RepairTime time, RepairCase patient, RepairStyle style, DateTimeOffset notBefore)
    {
        var lost = patient.Sessions.Where(x => patient.Lost.Contains(x.Id)).ToList();
        foreach (var session in lost.Where(Takes))
        {
            Each(session.Resources, session.Time, time.Give);
        }

        var search = new RepairSearch(time, patient, style, notBefore);
        var spots = search.Find();
        foreach (var session in lost.Where(Takes))
        {
            Each(session.Resources, session.Time, time.Take);
        }

        if (spots is null)
        {
            return new RepairOutcome(patient, [], [], Refusals(time, patient, search));
        }

        List<RepairMove> moves = [];
        foreach (var spot in spots.Where(x => x.Time != x.Session.Time || !x.Resources.SequenceEqual(x.Session.Resources)).OrderBy(x => x.Session.Number))
        {
            var old = spot.Session;
            moves.Add(new RepairMove(
                old.Id, old.Number, old.Phase, old.Time.Start, old.Time.End, [.. old.Resources], old.State, old.Sequence, old.Extra, spot.Time.Start, spot.Time.End,
                [.. spot.Resources], spot.Extra, spot.How, old.MakesUpFor));
            Each(spot.Resources, spot.Time, time.Take);
        }

        return new RepairOutcome(patient, moves, Flags(time, patient, spots, moves), []);
    }

    private static void Leave(RepairTime time, RepairOutcome outcome)
    {
        foreach (var move in outcome.Moves.Where(x => x.OldState != Session.Missed))
        {
            Each(move.OldResources, move.OldTime, time.Give);
        }

        foreach (var move in outcome.Moves)
        {
            Each(move.NewResources, move.NewTime, time.Take);
        }
    }

    private static List<ClinicalFlag> Flags(RepairTime time, RepairCase patient, List<Spot> spots, List<RepairMove> moves)
    {
        List<ClinicalFlag> flags = [];
        foreach (var move in moves)
        {
            var day = LocalTime.DateOf(move.NewStart, time.Zone);
            if (move.How is "second-session" or "weekend")
            {
                flags.Add(new ClinicalFlag(move.How, move.Number, day, 1, 0));
            }
            else if (move.Phase is Phases.Monitoring or Phases.Retrieval or Phases.Transfer)
            {
                flags.Add(new ClinicalFlag("cycle-step", move.Number, day, 1, 0));
            }
        }

        var days = spots.Where(x => x.Session.Phase == Phases.Fraction).Select(x => LocalTime.DateOf(x.Time.Start, time.Zone)).Order().ToList();
        if (patient.Pattern is not { } pattern || days.Count == 0)
        {
            return flags;
        }

        var longer = days[^1].DayNumber - days[0].DayNumber - patient.PlannedDays;
        if (pattern.MaxProlongationDays > 0 && longer > pattern.MaxProlongationDays)
        {
            flags.Add(new ClinicalFlag("prolongation", 0, days[^1], longer, pattern.MaxProlongationDays));
        }

        if (patient.Sessions.Any(x => x.State == Session.Missed) && pattern.MaxGapDays > 0 && LongestGap(days) > pattern.MaxGapDays)
        {
            flags.Add(new ClinicalFlag("gap", 0, days[^1], LongestGap(days), pattern.MaxGapDays));
        }

        return flags;
    }

    public static int LongestGap(IReadOnlyList<DateOnly> days) => days.Count < 2 ? 0 : days.Zip(days.Skip(1), (a, b) => b.DayNumber - a.DayNumber).Max();

    /// <summary>The rules that forbade what is free, and what stands where the first lost session was, on each machine it could use.</summary>
    private static List<RepairRefusal> Refusals(RepairTime time, RepairCase patient, RepairSearch search)
    {
        var session = patient.Sessions.Where(x => patient.Lost.Contains(x.Id)).OrderBy(x => x.Time.Start).First();
        var sameOnly = session.Phase == Phases.Fraction && patient.Pattern is { Machine: MachineRule.Same };
        var machines = time.InsteadOf(session.Machine, matchedOnly: session.Phase == Phases.Fraction).Take(sameOnly ? 1 : 4);
        return [.. search.Reasons(), new RepairRefusal("no-free-time", session.Number, Obstacles: [.. machines.SelectMany(x => time.WhyNot(x, session.Time))])];
    }

    private static bool Takes(RepairSession session) => session.State != Session.Missed;

    private static DateTimeOffset FirstLost(RepairCase patient) => patient.Sessions.Where(x => patient.Lost.Contains(x.Id)).Min(x => x.Time.Start);

    private static void Each(IEnumerable<Guid> resources, Interval stretch, Action<Guid, Interval> change)
    {
        foreach (var resource in resources)
        {
            change(resource, stretch);
        }
    }
}
