using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Cycles;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Tests.Cycles;

public sealed class PlanCycleTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(Market.Zone);
    private static readonly DateOnly Day1 = new(2026, 11, 24);

    /// <summary>The vectors of the market study (test_vectors.ivf): a Saturday is as good a day as any.</summary>
    [Test]
    public void The_vectors_hold()
    {
        var plan = PlanCycle.Of(new CyclePattern(), Day1, null, Zone);
        Assert.Multiple(() =>
        {
            Assert.That(plan.StimulationStart, Is.EqualTo(new DateOnly(2026, 11, 25)));
            Assert.That(plan.TriggerEarliest, Is.EqualTo(Moment("2026-12-03T21:00+05:00")));
            Assert.That(Step(plan, Phases.Retrieval).Start, Is.EqualTo(Moment("2026-12-05T09:00+05:00")));
            Assert.That(Step(plan, Phases.Transfer).Earliest, Is.EqualTo(new DateOnly(2026, 12, 10)));
            Assert.That(Step(plan, Phases.Transfer).Latest, Is.EqualTo(new DateOnly(2026, 12, 16)), "a public holiday");
            Assert.That(plan.Weeks, Is.EqualTo(new[] { new CycleWeek("retrieval", new(2026, 11, 30)), new CycleWeek("transfer", new(2026, 12, 7)) }));
            Assert.That((plan.StayFrom, plan.StayTo), Is.EqualTo((new DateOnly(2026, 11, 25), new DateOnly(2026, 12, 17))));
            Assert.That((plan.EarliestFlight, plan.TestFrom, plan.TestTo), Is.EqualTo((new DateOnly(2026, 12, 11), (DateOnly?)new DateOnly(2026, 12, 20), (DateOnly?)new DateOnly(2026, 12, 30))));
        });
    }

    [Test]
    public void Scans_are_two_to_three_days_apart_and_those_after_the_shortest_stimulation_are_only_if_needed()
    {
        var plan = PlanCycle.Of(new CyclePattern(), Day1, null, Zone);
        var scans = plan.Steps.Where(step => step.Phase == Phases.Monitoring).ToList();
        Assert.That(scans.Select(scan => scan.Earliest.DayNumber - Day1.DayNumber), Is.EqualTo(new[] { 1, 4, 6, 9, 11, 14 }));
        Assert.That(scans.Select(scan => scan.IfNeeded), Is.EqualTo(new[] { false, false, false, false, true, true }));
    }

    [TestCase("2026-12-06T22:30+05:00", "2026-12-08T10:30+05:00", "2026-12-13")]
    [TestCase("2026-12-03T09:00+05:00", "2026-12-04T21:00+05:00", "2026-12-09")]
    [TestCase("2026-12-05T11:59+05:00", "2026-12-06T23:59+05:00", "2026-12-11")]
    [TestCase("2026-12-05T12:00+05:00", "2026-12-07T00:00+05:00", "2026-12-12")]
    public void Retrieval_follows_the_trigger_to_the_hour_and_transfer_follows_retrieval_to_the_day(string trigger, string retrieval, string transfer)
    {
        var plan = PlanCycle.Of(new CyclePattern(), Day1, Moment(trigger), Zone);
        Assert.That(Step(plan, Phases.Retrieval).Start, Is.EqualTo(Moment(retrieval)));
        Assert.That(Step(plan, Phases.Transfer).Earliest.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Is.EqualTo(transfer));
        Assert.That(plan.Steps.Select(step => step.Earliest), Is.EqualTo(plan.Steps.Select(step => step.Latest)), "nothing is a range any more");
        Assert.That(plan.Steps.Where(step => step.IfNeeded), Is.Empty);
    }

    [Test]
    public void A_cycle_without_transfer_ends_with_retrieval_and_a_frozen_transfer_has_nothing_else()
    {
        var split = PlanCycle.Of(CyclePattern.Of("ivf-pgt")!, Day1, null, Zone);
        Assert.That((split.Steps[^1].Phase, split.Weeks.Count, split.TestFrom), Is.EqualTo((Phases.Retrieval, 1, (DateOnly?)null)));
        var frozen = PlanCycle.Of(new CyclePattern { Retrieval = false, TransferCycleDay = 19 }, Day1, null, Zone);
        Assert.That((frozen.Steps.Single().Phase, frozen.Steps[0].Earliest), Is.EqualTo((Phases.Transfer, new DateOnly(2026, 12, 12))));
        Assert.That(CyclePattern.Of("fet"), Is.Null, "a clinician orders it");
    }

    [Test]
    public void Any_cycle_keeps_its_distances_whatever_the_weekday()
    {
        var cases = from offset in Gen.Choose(0, 1500)
                    from min in Gen.Choose(5, 10)
                    from more in Gen.Choose(0, 8)
                    from transfer in Gen.Choose(3, 6)
                    from hour in Gen.Choose(0, 23)
                    select (Day1: Day1.AddDays(offset), Pattern: new CyclePattern
                    {
                        StimulationMinDays = min, StimulationMaxDays = min + more, TransferDay = transfer, TriggerTime = new TimeOnly(hour, 0),
                    });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(cases.ToArbitrary(), x =>
        {
            var plan = PlanCycle.Of(x.Pattern, x.Day1, null, Zone);
            var (retrieval, embryo) = (Step(plan, Phases.Retrieval), Step(plan, Phases.Transfer));
            var same = PlanCycle.Of(x.Pattern, x.Day1, plan.TriggerEarliest, Zone);
            return retrieval.Start - plan.TriggerEarliest == TimeSpan.FromHours(36)
                && embryo.Earliest.DayNumber - retrieval.Earliest.DayNumber == x.Pattern.TransferDay
                && retrieval.Latest.DayNumber - retrieval.Earliest.DayNumber == x.Pattern.StimulationMaxDays - x.Pattern.StimulationMinDays
                && plan.Appointments.Zip(plan.Appointments.Skip(1)).All(pair => pair.First.Start < pair.Second.Start)
                && plan.Weeks.All(week => week.Week.DayOfWeek == DayOfWeek.Monday)
                && same.Appointments.Select(step => (step.Code, step.Start)).SequenceEqual(plan.Appointments.Select(step => (step.Code, step.Start)))
                && x.Pattern.Errors().ToList() is { Count: 0 };
        }));
    }

    private static CycleStep Step(CyclePlan plan, string phase) => plan.Steps.Single(step => step.Phase == phase);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture);
}
