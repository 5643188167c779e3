using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Tests.Repairs;

public sealed class RepairPlannerTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(600);

    /// <summary>A clinic, what its repair plans, and everybody's sessions afterwards.</summary>
    private sealed record Planned(RandomClinic Clinic, RepairStyle Style, List<RepairCase> Cases, List<RepairOutcome> Outcomes, Dictionary<Guid, List<RepairSession>> After);

    [Test]
    public void Nobody_is_treated_where_someone_else_is_and_every_place_is_open() => ForAll(plan =>
    {
        var everybody = plan.After.Values.SelectMany(x => x).Where(x => x.State != Session.Missed).ToList();
        foreach (var resource in everybody.SelectMany(x => x.Resources.Select(r => (Resource: r, x.Time))).GroupBy(x => x.Resource))
        {
            var times = resource.Select(x => x.Time).OrderBy(x => x.Start).ToList();
            Require(times.Zip(times.Skip(1), (a, b) => a.End <= b.Start).All(x => x), "two at once");
        }

        var empty = plan.Clinic.Time([]);
        empty.Widen();
        foreach (var move in plan.Outcomes.SelectMany(x => x.Moves))
        {
            Require(move.NewStart >= plan.Clinic.NotBefore, "too soon");
            Require(move.NewResources.All(x => empty.IsFree(x, move.NewTime, plan.Style.MoreHours || move.NewExtra)), "closed, blocked or down");
        }
    });

    [Test]
    public void No_rule_is_broken_that_was_kept_before() => ForAll(plan =>
    {
        var time = plan.Clinic.Time([]);
        foreach (var outcome in plan.Outcomes.Where(x => x is { IsRepaired: true, Patient.Pattern: not null }))
        {
            var forgiven = outcome.Patient.Sessions.Any(x => x.State == Session.Missed);
            var breaches = CourseRules.Check(
                outcome.Patient.Pattern!, RandomClinic.Fractions(outcome.After), RandomClinic.Zone, time.IsWorkingDay, time.AreMatched);
            Require(breaches.All(x => forgiven && x.Rule is "gap" or "sessions-per-week" or "start-block"), string.Join(", ", breaches));
            var pattern = outcome.Patient.Pattern!;
            if (pattern.Planning is { } planning && outcome.After.FirstOrDefault(x => x.Phase == Phases.Planning) is { } visit)
            {
                var first = outcome.After.First(x => x.Phase == Phases.Fraction);
                var days = time.Facts.WorkingDaysBetween(LocalTime.DateOf(visit.Time.Start, RandomClinic.Zone), LocalTime.DateOf(first.Time.Start, RandomClinic.Zone));
                Require(days >= planning.MinWorkingDays, "no time to plan");
            }

            var style = plan.Style;
            Require(style.CatchUp || outcome.Moves.All(x => !x.NewExtra), "an extra session without asking");
            Require(outcome.Moves.All(x => !x.NewExtra) || outcome.Clinical.Count > 0, "an extra session without a clinician");
        }
    });

    [Test]
    public void No_session_is_lost_and_what_is_past_or_not_concerned_stays() => ForAll(plan =>
    {
        foreach (var outcome in plan.Outcomes)
        {
            Require(outcome.After.Select(x => x.Id).Order().SequenceEqual(outcome.Patient.Sessions.Select(x => x.Id).Order()), "other sessions");
            foreach (var (before, after) in outcome.Patient.Sessions.Join(outcome.After, x => x.Id, x => x.Id, (a, b) => (a, b)))
            {
                Require(before.State == Session.Missed || before.Time.Start >= plan.Clinic.Now || before == after, "the past was changed");
            }

            var lost = outcome.After.Where(x => outcome.Patient.Lost.Contains(x.Id) && x.State != Session.Missed);
            Require(!outcome.IsRepaired || lost.All(x => !x.Resources.Contains(plan.Clinic.Down) || !x.Time.Overlaps(plan.Clinic.Outage)), "still on the machine that is down");
            Require(outcome.IsRepaired || (outcome.Moves.Count == 0 && outcome.Refusals.Count > 0), "half a repair, or a refusal without a reason");
        }
    });

    [Test]
    public void Planning_again_after_a_plan_changes_nothing() => ForAll(plan =>
    {
        // What was made up is an ordinary session now.
        var after = plan.After.ToDictionary(x => x.Key, x => x.Value.ConvertAll(s =>
            s.State == Session.Missed && plan.Outcomes.Any(o => o.Patient.BookingId == x.Key && o.IsRepaired) ? s with { State = Session.Proposed } : s));
        var again = RepairPlanner.Plan(
            plan.Clinic.Time(after.Values.SelectMany(x => x)), WithMissed(plan.Clinic, after), plan.Style, plan.Clinic.NotBefore);
        Require(again.All(x => x.Moves.Count == 0), $"{again.Sum(x => x.Moves.Count)} moves more");
    });

    [Test]
    public void The_same_question_has_the_same_answer() => ForAll(plan =>
    {
        var again = RepairPlanner.Plan(
            plan.Clinic.Time(plan.Clinic.Before.Values.SelectMany(x => x)), Enumerable.Reverse(plan.Cases).ToList(), plan.Style, plan.Clinic.NotBefore);
        Require(again.Select(x => x.Patient.BookingId).SequenceEqual(plan.Outcomes.Select(x => x.Patient.BookingId)), "another order");
        Require(again.SelectMany(x => x.Moves).Select(x => (x.SessionId, x.NewStart)).SequenceEqual(plan.Outcomes.SelectMany(x => x.Moves).Select(x => (x.SessionId, x.NewStart))), "other places");
    });

    [Test]
    public void Many_random_failures_are_repaired_in_every_way_and_some_cannot_be()
    {
        var ways = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < 500; seed++)
        {
            foreach (var outcome in Plan(seed).Outcomes)
            {
                Count(outcome.IsRepaired ? "repaired" : "impossible");
                foreach (var move in outcome.Moves)
                {
                    Count(move.How);
                }
            }
        }

        TestContext.Out.WriteLine(string.Join(", ", ways.Select(x => $"{x.Key} {x.Value}")));
        Assert.That(
            ways.Keys,
            Is.SupersetOf(new[] { "repaired", "impossible", "same-day", "free-day", "appended", "shifted", "second-session", "weekend", "other-day" }),
            "The random clinics leave a way untried.");

        void Count(string what) => ways[what] = ways.GetValueOrDefault(what) + 1;
    }

    private static void ForAll(Action<Planned> check) => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => check(Plan(seed))).Check(Many);

    private static Planned Plan(int seed)
    {
        var clinic = new RandomClinic(seed);
        var style = clinic.Style;
        var cases = WithMissed(clinic, clinic.Before);
        var outcomes = RepairPlanner.Plan(clinic.Time(clinic.Before.Values.SelectMany(x => x)), cases, style, clinic.NotBefore);
        var after = clinic.Before.ToDictionary(x => x.Key, x => x.Value);
        foreach (var outcome in outcomes)
        {
            after[outcome.Patient.BookingId] = [.. outcome.After];
        }

        return new Planned(clinic, style, cases, outcomes, after);
    }

    /// <summary>Sessions still owed are lost ones too.</summary>
    private static List<RepairCase> WithMissed(RandomClinic clinic, Dictionary<Guid, List<RepairSession>> sessions) =>
    [
        .. clinic.Patients.Select(patient => new RepairCase(
            patient.Id, patient.Pattern, sessions[patient.Id],
            sessions[patient.Id].Where(x => x.State == Session.Missed
                || (x.Resources.Contains(clinic.Down) && x.Time.Overlaps(clinic.Outage) && x.Time.Start > clinic.Now && x.State is Session.Booked or Session.Proposed)).Select(x => x.Id).ToHashSet(),
            10)).Where(x => x.Lost.Count > 0),
    ];

    private static void Require(bool kept, string what)
    {
        if (!kept)
        {
            throw new InvalidOperationException(what);
        }
    }
}
