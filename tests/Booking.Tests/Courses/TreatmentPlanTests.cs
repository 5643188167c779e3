using System.Net;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;

namespace MedTourism.Booking.Tests.Courses;

public sealed class TreatmentPlanTests
{
    [Test]
    public async Task Wrong_fields_are_named()
    {
        var market = await Clinic.OpenAsync();
        var order = Clinic.Order(market, new { sessions = 0, sessionMinutes = 20, cadence = "hourly", resourceKinds = new[] { "spaceship" }, earliestStart = "12:00", latestStart = "09:00" });
        (order["patient"], order["depositMinor"], order["validUntil"], order["priority"]) = (new { familyName = "Muster" }, -1, Market.Now.AddDays(-1), 9);
        var reply = await Clinic.TryIssueAsync(market, order);
        Assert.That(reply.Slug, Is.EqualTo("invalid-fields"));
        Assert.That(reply.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.SupersetOf(new[]
        {
            "patient.dateOfBirth", "patient.citizenship", "pattern.sessions", "pattern.cadence", "pattern.resourceKinds", "pattern.latestStart",
            "depositMinor", "validUntil", "priority",
        }));
    }

    [TestCase("reader", HttpStatusCode.Forbidden)]
    [TestCase("scheduler", HttpStatusCode.Created)]
    [TestCase("admin", HttpStatusCode.Created)]
    public async Task Doctors_schedulers_and_admins_of_the_center_order_and_nobody_else(string role, HttpStatusCode expected)
    {
        var market = await Clinic.OpenAsync();
        Assert.That((await Clinic.TryIssueAsync(market, Clinic.Order(market), role)).Status, Is.EqualTo(expected));
        var other = await Clinic.OpenAsync();
        Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Post, "/clinic/treatment-plans", Clinic.Order(market), token: Clinic.Token(other.CenterId))).Slug, Is.EqualTo("offer-unknown"));
    }

    [Test]
    public async Task Only_an_offer_with_case_review_is_sold_by_plan()
    {
        var market = await Market.OpenAsync();
        Assert.That((await Clinic.TryIssueAsync(market, Clinic.Order(market))).Slug, Is.EqualTo("not-case-review"));
    }

    [Test]
    public async Task A_repeated_order_is_one_plan()
    {
        var market = await Clinic.OpenAsync();
        var (order, guest, token, key) = (Clinic.Order(market), Market.NewGuest(), Clinic.Token(market.CenterId), Guid.NewGuid().ToString());
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => guest.SendAsync(HttpMethod.Post, "/clinic/treatment-plans", order, idempotency: key, token: token)));
        Assert.That(replies.Select(x => x.Id("id")).Distinct(), Has.Exactly(1).Items);
        Assert.That((await guest.SendAsync(HttpMethod.Get, "/clinic/treatment-plans", token: token)).Body.GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_withdrawn_plan_lets_its_dates_go_and_sells_nothing()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest, token) = (await Clinic.IssueAsync(market), Market.NewGuest(), Clinic.Token(market.CenterId));
        var hold = await guest.HoldCourseAsync(plan);
        var withdrawn = await guest.SendAsync(HttpMethod.Post, $"/clinic/treatment-plans/{plan.Id}/withdraw", token: token);
        Assert.That(withdrawn.Text("state"), Is.EqualTo("withdrawn"), withdrawn.Body.ToString());
        Assert.That(await market.AllocationsOfAsync(hold.Id), Is.Zero);
        Assert.That((await guest.PlanAsync(plan)).Slug, Is.EqualTo("plan-withdrawn"));

        var paying = await Clinic.IssueAsync(market);
        var booking = await guest.PlaceAsync(await guest.HoldCourseAsync(paying));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/treatment-plans/{paying.Id}/withdraw", token: token)).Slug, Is.EqualTo("plan-in-payment"));
        await Steps.PayAsync(booking);
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/treatment-plans/{paying.Id}/withdraw", token: token)).Slug, Is.EqualTo("plan-booked"));
    }

    [Test]
    public async Task The_form_begins_with_the_catalogues_numbers_and_where_they_come_from()
    {
        var market = await Clinic.OpenAsync();
        await Running.App.PublishAsync(new OfferPublished(
            market.OfferId, 2, "tomo-course", new() { ["en"] = "Tomotherapy" }, "radiation", market.CenterId, new() { ["en"] = "Demo Center" }, "almaty", Market.Zone,
            "case-review", 60, ["linac"], 1000, 0, "KZT", [], [], true, Market.Now,
            new CourseTerms("P-RT", 5, 35, "daily", 18, 3, 2, [1, 2, 3, 4], 0, 0, 5, 10, 6, true, 2, new() { ["minHoursBetween"] = "needs a clinician's sign-off", ["secondSessionAfterHours"] = "bid6h" })));
        await Eventually.That(async () => await market.CountAsync("SELECT count(*) FROM offer_terms WHERE offer_id = $1 AND course IS NOT NULL", market.OfferId) == 1, "The course did not arrive.");
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/clinic/treatment-plans/defaults?offer={market.OfferId}", token: Clinic.Token(market.CenterId));
        var (pattern, basis) = (reply.Body.GetProperty("pattern"), reply.Body.GetProperty("basis"));
        Assert.Multiple(() =>
        {
            Assert.That((pattern.GetProperty("sessions").GetInt32(), pattern.GetProperty("sessionMinutes").GetInt32(), pattern.GetProperty("minHoursBetween").GetInt32()), Is.EqualTo((35, 20, 18)));
            Assert.That(pattern.GetProperty("catchUp").GetProperty("weekend").GetBoolean());
            Assert.That((basis.GetProperty("secondSessionAfterHours").GetString(), basis.GetProperty("minHoursBetween").GetString()), Is.EqualTo(("bid6h", "needs a clinician's sign-off")));
            Assert.That(reply.Body.GetProperty("kinds")[0].GetProperty("name").GetString(), Is.EqualTo("linac"));
        });
    }
}
