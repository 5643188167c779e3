using MedTourism.Booking.Courses.Decisions;

namespace MedTourism.Booking.Tests.Courses.Decisions;

public sealed class CoursePolicyTests
{
    private const int Today = 20;

    private static readonly CourseDemand Routine = new(4, Today, Today, Today + 20, 5, 6);
    private static readonly CourseDemand Urgent = new(2, Today, Today, Today + 2, 1, 6);

    /// <summary>One machine with room for two sessions a day for three weeks and nearly empty after them, where two urgent courses came every day.</summary>
    private static DecisionState Scarce(int weeks = 3)
    {
        var machines = new MachineDays(150, 1, 24);
        for (var day = Today; day < Today + (5 * weeks); day++)
        {
            machines.Occupy(day, 0, 12);
        }

        List<CourseDemand> seen = [.. Enumerable.Range(0, 2 * Today).Select(index => new CourseDemand(2, index / 2, index / 2, (index / 2) + 2, 1, 6))];
        return new(Today, machines, seen, Today, DecisionState.FiveDayWeeks(200), ArrivalPrior.Radiotherapy(24));
    }

    [Test]
    public void A_course_that_can_wait_leaves_the_scarce_days_to_urgent_ones_that_are_expected()
    {
        var best = CoursePolicy.Decide(Scarce(), Routine)[0];

        Assert.Multiple(() =>
        {
            Assert.That(best.Reason, Is.EqualTo(StartReason.OnTimeKeepsRoom));
            Assert.That(best.StartDay, Is.GreaterThanOrEqualTo(Today + 11));
            Assert.That(best.DaysLate, Is.Zero);
        });
    }

    [Test]
    public void An_urgent_course_gets_the_room_that_was_kept() => Assert.That(
        CoursePolicy.Decide(Scarce(), Urgent)[0], Has.Property(nameof(StartCandidate.DaysLate)).EqualTo(0).And.Property(nameof(StartCandidate.StartDay)).LessThanOrEqualTo(Today + 2));

    [Test]
    public void Room_for_urgent_courses_is_kept_further_ahead_than_for_those_that_can_wait()
    {
        double PriceAt(int day, int urgentDays) => SlotPrices.Of(Scarce(weeks: 6), new PolicyOptions { ForecastDays = 10, UrgentForecastDays = urgentDays })[Today + day];

        Assert.Multiple(() =>
        {
            Assert.That(PriceAt(14, urgentDays: 10), Is.Zero, "nobody is expected then");
            Assert.That(PriceAt(14, urgentDays: 20), Is.Positive, "urgent ones are");
            Assert.That(PriceAt(25, urgentDays: 20), Is.Zero);
        });
    }

    [Test]
    public void On_empty_machines_a_course_starts_when_it_is_ready()
    {
        var state = new DecisionState(0, new MachineDays(120, 3, 100), [], 0, DecisionState.FiveDayWeeks(160), ArrivalPrior.Radiotherapy(100));

        var best = CoursePolicy.Decide(state, new(3, 0, 4, 10, 15, 5))[0];

        Assert.That(best, Has.Property(nameof(StartCandidate.StartDay)).EqualTo(4).And.Property(nameof(StartCandidate.Reason)).EqualTo(StartReason.Earliest));
    }

    [Test]
    public void Candidates_are_ranked_by_cost_on_different_days_and_fit()
    {
        var state = Scarce();

        var candidates = CoursePolicy.Decide(state, Routine, count: 6);

        Assert.Multiple(() =>
        {
            Assert.That(candidates, Has.Count.EqualTo(6));
            Assert.That(candidates.Select(candidate => candidate.Cost), Is.Ordered);
            Assert.That(candidates.Select(candidate => candidate.StartDay), Is.Unique);
            Assert.That(candidates.All(candidate => state.Machines.Fits(Routine, candidate.StartDay, candidate.Machine)));
        });
    }

    [Test]
    public void The_same_state_gives_the_same_ranking()
    {
        var once = CoursePolicy.Decide(Scarce(), Routine);

        Assert.That(CoursePolicy.Decide(Scarce(), Routine), Is.EqualTo(once));
    }

    [Test]
    public void A_course_is_late_for_lack_of_room_if_no_day_in_time_has_any()
    {
        var machines = new MachineDays(100, 1, 24);
        for (var day = 0; day < 8; day++)
        {
            machines.Occupy(day, 0, 24);
        }

        var state = new DecisionState(0, machines, [], 0, DecisionState.FiveDayWeeks(140), ArrivalPrior.Radiotherapy(24));

        var best = CoursePolicy.Decide(state, new(1, 0, 0, 0, 1, 6))[0];

        Assert.That(best, Is.EqualTo(new StartCandidate(8, 0, 10, best.LateCost, best.RoomCost, StartReason.LateForLackOfRoom)));
    }

    [Test]
    public void Nothing_is_proposed_beyond_the_horizon() =>
        Assert.That(CoursePolicy.Decide(Scarce(), Routine with { Sessions = 140 }), Is.Empty);

    [Test]
    public void A_forecast_follows_the_prior_at_first_and_the_arrivals_in_the_end()
    {
        var options = new PolicyOptions { SafetyFactors = [1] };
        var prior = ArrivalPrior.Radiotherapy(120);
        List<CourseDemand> seen = [.. Enumerable.Range(0, 900).Select(index => new CourseDemand(3, index / 3, index / 3, (index / 3) + 10, 7, 9))];

        var (none, many) = (ArrivalForecast.From([], 0, 0, prior, 480, options), ArrivalForecast.From(seen, 300, 300, prior, 480, options));

        Assert.Multiple(() =>
        {
            Assert.That(none.PerDay * none.Kinds.Sum(kind => kind.Weight * kind.Sessions * kind.Slots) / none.Kinds.Sum(kind => kind.Weight), Is.EqualTo(480).Within(0.001));
            Assert.That(many.PerDay, Is.EqualTo(3).Within(0.1));
            Assert.That(many.Kinds.Where(kind => kind.Sessions == 7).Sum(kind => kind.Weight) / many.Kinds.Sum(kind => kind.Weight), Is.GreaterThan(0.95));
        });
    }
}
