using System.Net;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.TreatmentPlans;
using Interval = MedTourism.Booking.Availability.Interval;

namespace MedTourism.Booking.Tests.Courses;

public sealed class ScarcityRankingTests
{
    [Test]
    public void A_routine_course_leaves_the_near_days_of_a_crowded_machine_to_urgent_ones_and_an_urgent_one_takes_them()
    {
        // One machine, two thirds full for two weeks, empty afterwards; most that ask are urgent.
        List<Interval> taken = [.. Enumerable.Range(0, 14).Select(day => new Interval(
            LocalTime.Opening(Worlds.FirstDay.AddDays(day), new(8, 0), Worlds.Zone), LocalTime.Opening(Worlds.FirstDay.AddDays(day), new(15, 0), Worlds.Zone)))];
        var time = FreeTime.Of(Worlds.Zone, Worlds.FirstDay, 90, new Dictionary<DateOnly, string>(), [Worlds.Machine("linac", "Gantry 1", 20, taken: taken)]);
        var history = Enumerable.Range(1, 60).Select(i => new ScarcityRanking.Asked(2, Worlds.FirstDay.AddDays(-i), Worlds.FirstDay.AddDays(1 - i), Worlds.FirstDay.AddDays(3 - i), 5, 20)).ToList();

        var routine = First(4, Worlds.FirstDay.AddDays(30));
        var urgent = First(2, Worlds.FirstDay.AddDays(2));
        Assert.That(urgent.FirstDay, Is.EqualTo(Worlds.FirstDay));
        Assert.That(routine.FirstDay, Is.GreaterThan(urgent.FirstDay));
        Assert.That(routine.Why.Select(x => x.Code), Does.Contain("policy").And.Contain("policy-on-time-keeps-room"));
        Assert.That(routine.FirstDay, Is.LessThanOrEqualTo(Worlds.FirstDay.AddDays(30)), "Not at the price of being late itself.");

        CoursePlan First(short priority, DateOnly due)
        {
            var plan = Plan(priority, due);
            var request = new CourseRequest(plan.Pattern, LocalTime.Opening(Worlds.FirstDay, TimeOnly.MinValue, Worlds.Zone), Worlds.FirstDay, DueOn: due);
            return PlanCourse.Of(request, time, ScarcityRanking.Of(plan, time, Worlds.FirstDay, history, Worlds.FirstDay.AddDays(-60))).Plans[0];
        }
    }

    [Test]
    public async Task A_center_that_switches_it_on_ranks_by_it_and_others_do_not()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        Assert.That(Codes(await guest.FirstOptionAsync(plan)), Has.None.StartsWith("policy"));
        var admin = Clinic.Token(market.CenterId, "admin");
        Assert.That((await guest.SendAsync(HttpMethod.Put, "/clinic/course-policy", new { scarcity = true }, token: Clinic.Token(market.CenterId))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await guest.SendAsync(HttpMethod.Put, "/clinic/course-policy", new { scarcity = true }, token: admin)).Status, Is.EqualTo(HttpStatusCode.OK));
        var shown = await guest.SendAsync(HttpMethod.Get, "/clinic/course-policy", token: admin);
        Assert.That(shown.Body.GetProperty("scarcity").GetBoolean());
        Assert.That(shown.Text("by"), Is.Not.Empty);
        var again = await guest.SendAsync(HttpMethod.Put, "/clinic/course-policy", new { scarcity = true }, token: Clinic.Token(market.CenterId, "admin"));
        Assert.That(again.Time("since"), Is.EqualTo(shown.Time("since")), "It was on already.");
        Assert.That(Codes(await guest.FirstOptionAsync(plan)), Does.Contain("policy").And.Some.StartsWith("policy-"));
    }

    private static IEnumerable<string> Codes(System.Text.Json.JsonElement option) => option.GetProperty("why").EnumerateArray().Select(x => x.GetProperty("code").GetString()!);

    private static TreatmentPlan Plan(short priority, DateOnly due) => new()
    {
        CenterId = "center",
        State = TreatmentPlan.Issued,
        Currency = "KZT",
        AccessKeyHash = [],
        IssuedBy = "doctor",
        Priority = priority,
        ReadyOn = Worlds.FirstDay,
        DueOn = due,
        Pattern = new CoursePattern { Sessions = 5, SessionMinutes = 20, Cadence = Cadence.Daily, MinHoursBetween = 18, MaxGapDays = 3, ResourceKinds = ["linac"] },
    };
}
