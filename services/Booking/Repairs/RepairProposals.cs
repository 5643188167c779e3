using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Repairs;

/// <summary>Days in the country by the sessions, first to last, before and after; against the visa-free days of the patient's citizenship if they are known.</summary>
public sealed record StayEffect(int DaysBefore, int DaysAfter, int? VisaFreeDays, bool? WithinBefore, bool? WithinAfter);

/// <summary>What a proposal does to one patient. Without personal data: whose it is, is the booking's to say.</summary>
public sealed record PatientPlan(
    Guid BookingId,
    IReadOnlyList<RepairMove> Moves,
    DateTimeOffset OldEnd,
    DateTimeOffset NewEnd,
    StayEffect Stay,
    IReadOnlyList<ClinicalFlag> Clinical,
    IReadOnlyList<RepairRefusal> Refusals);

/// <summary>Hours outside the usual ones for which a resource has to be opened.</summary>
public sealed record Opening(Guid Id, Guid ResourceId, DateTimeOffset From, DateTimeOffset To);

/// <summary>Figures of a whole proposal. Staff hours are hours of machines outside their usual ones. A repair costs patients nothing.</summary>
public sealed record ProposalTotals(
    int Patients,
    int Repaired,
    int Impossible,
    int SessionsLost,
    int SessionsMoved,
    int KeptThisWeek,
    int LongestPauseDays,
    int SecondSessions,
    int WeekendSessions,
    int OtherMachine,
    double ExtraStaffHours,
    int LastDayMoves,
    int MostDaysLater,
    int BeyondVisaFree,
    int NeedClinician,
    long CostToPatientsMinor);

/// <summary>A whole way to repair: every patient, the hours to open, the figures.</summary>
public sealed record Proposal(string Key, ProposalTotals Totals, IReadOnlyList<PatientPlan> Patients, IReadOnlyList<Opening> Openings);

/// <summary>Up to three whole proposals that differ, none of which is worse than another in everything.</summary>
public static class RepairProposals
{
    private const int Most = 3;

    public static List<Proposal> Make(
        RepairTime time, IReadOnlyCollection<RepairCase> patients, DateTimeOffset notBefore, Func<Guid, int?> visaFreeDays)
    {
        ArgumentNullException.ThrowIfNull(time);
        List<Proposal> made = [];
        foreach (var style in (RepairStyle[])[RepairStyle.UsualHours, RepairStyle.MakeUp, RepairStyle.Evenings, RepairStyle.Append])
        {
            var outcomes = RepairPlanner.Plan(time.Copy(), patients, style, notBefore);
            var proposal = Describe(time, style, outcomes, visaFreeDays);
            if (!made.Exists(x => Same(x, proposal)))
            {
                made.Add(proposal);
            }
        }

        made.RemoveAll(x => made.Exists(y => y != x && IsWorse(x.Totals, y.Totals)));
        return [.. made.Take(Most)];
    }

    private static bool Same(Proposal a, Proposal b) =>
        a.Patients.Select(x => (x.BookingId, x.Moves.Count)).SequenceEqual(b.Patients.Select(x => (x.BookingId, x.Moves.Count)))
        && a.Patients.SelectMany(x => x.Moves).Select(x => (x.SessionId, x.NewStart, x.NewResources[0]))
            .SequenceEqual(b.Patients.SelectMany(x => x.Moves).Select(x => (x.SessionId, x.NewStart, x.NewResources[0])));

    /// <summary>Worse in something and better in nothing a patient, a clinician or the staff would feel.</summary>
    private static bool IsWorse(ProposalTotals a, ProposalTotals b)
    {
        var (x, y) = (Figures(a), Figures(b));
        return x.Zip(y, (p, q) => p.CompareTo(q)).All(order => order >= 0) && !x.SequenceEqual(y);

        static double[] Figures(ProposalTotals t) =>
            [t.Impossible, t.SessionsMoved, -t.KeptThisWeek, t.LongestPauseDays, t.SecondSessions, t.WeekendSessions, t.OtherMachine, t.ExtraStaffHours, t.LastDayMoves,
                t.MostDaysLater, t.BeyondVisaFree, t.NeedClinician];
    }

    private static Proposal Describe(RepairTime time, RepairStyle style, List<RepairOutcome> outcomes, Func<Guid, int?> visaFreeDays)
    {
        var plans = outcomes.ConvertAll(x => DescribeOne(time, x, visaFreeDays(x.Patient.BookingId)));
        var moves = plans.SelectMany(x => x.Moves).ToList();
        var openings = Openings(time, moves);
        var machines = moves.Select(x => x.NewResources[0]).ToHashSet();
        var later = plans.ConvertAll(x => LocalTime.DateOf(x.NewEnd, time.Zone).DayNumber - LocalTime.DateOf(x.OldEnd, time.Zone).DayNumber);
        return new Proposal(
            style.Key,
            new ProposalTotals(
                plans.Count,
                plans.Count(x => x.Refusals.Count == 0),
                plans.Count(x => x.Refusals.Count > 0),
                outcomes.Sum(x => x.Patient.Lost.Count),
                moves.Count,
                moves.Count(x => Week(x.OldStart) == Week(x.NewStart)),
                outcomes.Where(x => x.IsRepaired).Select(x => RepairPlanner.LongestGap([.. x.After.Where(s => s.Phase == Phases.Fraction).Select(s => LocalTime.DateOf(s.Time.Start, time.Zone))])).DefaultIfEmpty(0).Max(),
                moves.Count(x => x.How == "second-session"),
                moves.Count(x => x.How == "weekend"),
                moves.Count(x => x.OldResources[0] != x.NewResources[0]),
                openings.Where(x => machines.Contains(x.ResourceId)).Sum(x => (x.To - x.From).TotalHours),
                later.Count(x => x != 0),
                later.DefaultIfEmpty(0).Max(),
                plans.Count(x => x.Stay is { WithinBefore: true, WithinAfter: false }),
                plans.Count(x => x.Clinical.Count > 0),
                0),
            plans,
            openings);

        int Week(DateTimeOffset moment) => LocalTime.DateOf(moment, time.Zone).DayNumber / 7; // day 0 is a Monday
    }

    private static PatientPlan DescribeOne(RepairTime time, RepairOutcome outcome, int? visaFreeDays)
    {
        var before = outcome.Patient.Sessions.Where(x => x.State != Session.Missed).OrderBy(x => x.Time.Start).ToList();
        var after = outcome.IsRepaired ? outcome.After : before;
        var (staysBefore, staysAfter) = (Stays(before), Stays(after));
        return new PatientPlan(
            outcome.Patient.BookingId, outcome.Moves, before.Max(x => x.Time.End), after.Max(x => x.Time.End),
            new StayEffect(staysBefore.Sum(), staysAfter.Sum(), visaFreeDays, Within(staysBefore), Within(staysAfter)),
            outcome.Clinical, outcome.Refusals);

        // Two trips are two stays: the weeks of healing are spent at home.
        List<int> Stays(IEnumerable<RepairSession> sessions) =>
            [.. sessions.GroupBy(x => outcome.Patient.Trips is not null && x.Phase == Phases.Prosthetic).Select(trip =>
                LocalTime.DateOf(trip.Max(x => x.Time.Start), time.Zone).DayNumber - LocalTime.DateOf(trip.Min(x => x.Time.Start), time.Zone).DayNumber + 1)];

        bool? Within(List<int> stays) => visaFreeDays is null ? null : stays.Max() <= visaFreeDays;
    }

    private static List<Opening> Openings(RepairTime time, List<RepairMove> moves) =>
    [
        .. moves.SelectMany(move => move.NewResources.Select(resource => (Resource: resource, Time: move.NewTime)))
            .Where(x => !time.IsUsual(x.Resource, x.Time))
            .GroupBy(x => x.Resource).OrderBy(x => x.Key)
            .SelectMany(group => Intervals.Merge(group.Select(x => x.Time)).Select(x => new Opening(Guid.CreateVersion7(), group.Key, x.Start, x.End))),
    ];
}
