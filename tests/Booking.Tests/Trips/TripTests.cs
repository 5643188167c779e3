using System.Net;
using System.Text.Json;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Trips;

using MedTourism.Booking.Tests.Courses;
using Clinic = MedTourism.Booking.Tests.Courses.Clinic;

public sealed class TripTests
{
    private static readonly object Lower = new { resourceKinds = new[] { "dental-chair" }, trips = new { jaw = "lower" } };

    [Test]
    public async Task Implants_are_planned_held_paid_and_confirmed_as_one_booking_of_two_trips()
    {
        var market = await DentistAsync();
        var (guest, plan) = (Market.NewGuest(), await Clinic.IssueAsync(market, Lower));
        var reply = await PlanAsync(guest, plan);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        var options = reply.Body.GetProperty("options").EnumerateArray().ToList();
        Assert.That(options, Has.Count.EqualTo(5));
        Assert.That(options.Select(x => x.GetProperty("why")[0].GetProperty("code").GetString()), Is.EqualTo(new[] { "earliest", "later-start", "later-return", "later-start", "later-return" }));
        Assert.That(options.Select(x => x.GetProperty("gapDays").GetInt32()), Is.All.GreaterThanOrEqualTo(60));
        foreach (var option in options)
        {
            var (first, second) = (option.GetProperty("first"), option.GetProperty("second"));
            Assert.That((first.GetProperty("visits").GetArrayLength(), second.GetProperty("visits").GetArrayLength()), Is.EqualTo((1, 2)));
            Assert.That(Day(second, "arriveOn"), Is.GreaterThan(Day(first, "leaveOn")));
            Assert.That(first.GetProperty("days").GetInt32(), Is.GreaterThanOrEqualTo(3));
            Assert.That(second.GetProperty("days").GetInt32(), Is.GreaterThanOrEqualTo(5));
        }

        var stay = options[0].GetProperty("stay");
        Assert.That((stay.GetProperty("citizenship").GetString(), stay.GetProperty("trips").GetArrayLength()), Is.EqualTo(("DE", 2)));

        var held = await HoldAsync(guest, plan, options[0]);
        Assert.That(held.Status, Is.EqualTo(HttpStatusCode.Created), held.Body.ToString());
        Assert.That(held.Sessions().Select(x => (x.GetProperty("phase").GetString(), x.GetProperty("trip").GetInt32())),
            Is.EqualTo(new[] { ("placement", 1), ("prosthetic", 2), ("prosthetic", 2) }));
        Assert.That(held.Body.GetProperty("price").GetProperty("amountMinor").GetInt64(), Is.EqualTo(20 * Market.Deposit), "the plan's price, held for both");
        var booking = await guest.PlaceAsync(new Held(held.Id("holdId"), plan.Key, held.Time("expiresAt")));
        await Steps.PayAsync(booking);
        var shown = await guest.ShowAsync(booking);
        Assert.That((shown.Text("state"), shown.Body.GetProperty("sessions").GetArrayLength()), Is.EqualTo(("confirmed", 3)), shown.Body.ToString());
        Assert.That(await market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1 AND state = 'booked'", booking.Id), Is.EqualTo(3));
        Assert.That((await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id)).Sessions!.Select(x => x.Phase), Is.EqualTo(new[] { "placement", "prosthetic", "prosthetic" }));
    }

    [Test]
    public async Task A_dentists_form_begins_with_the_gap_of_each_jaw_and_others_cannot_order_two_trips()
    {
        var market = await DentistAsync();
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/clinic/treatment-plans/defaults?offer={market.OfferId}", token: Clinic.Token(market.CenterId));
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        var trips = reply.Body.GetProperty("trips");
        Assert.That((trips.GetProperty("lower").GetProperty("gapMinDays").GetInt32(), trips.GetProperty("upper").GetProperty("gapMinDays").GetInt32()), Is.EqualTo((60, 120)));
        Assert.That(reply.Body.GetProperty("basis").GetProperty("gapMinDays").GetString(), Is.EqualTo("dentaljaw"));
        var offers = await Market.NewGuest().SendAsync(HttpMethod.Get, "/clinic/treatment-plans/offers", token: Clinic.Token(market.CenterId));
        Assert.That(offers.Body.EnumerateArray().Select(x => (x.GetProperty("offerId").GetGuid(), x.GetProperty("kind").GetString())), Is.EqualTo(new[] { (market.OfferId, (string?)"trips") }));

        var other = await Market.OpenAsync();
        Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Get, $"/clinic/treatment-plans/defaults?offer={other.OfferId}", token: Clinic.Token(other.CenterId))).Slug, Is.EqualTo("not-case-review"));
    }

    [Test]
    public async Task Two_patients_who_want_the_same_return_get_both_trips_or_none()
    {
        var market = await DentistAsync();
        for (var round = 0; round < 4; round++)
        {
            var plans = await Task.WhenAll(Clinic.IssueAsync(market, Lower), Clinic.IssueAsync(market, Lower));
            var guests = new[] { Market.NewGuest(), Market.NewGuest() };
            var options = await Task.WhenAll(FirstAsync(guests[0], plans[0]), FirstAsync(guests[1], plans[1]));
            var replies = await Task.WhenAll(HoldAsync(guests[0], plans[0], options[0]), HoldAsync(guests[1], plans[1], options[1]));
            Assert.That(replies.Select(x => x.Status), Is.EquivalentTo(new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
            var lost = replies[0].Status == HttpStatusCode.Conflict ? 0 : 1;
            Assert.That(await CountAsync(market, plans[lost]), Is.Zero);
            Assert.That(await CountAsync(market, plans[1 - lost]), Is.EqualTo(3));
            var fresh = replies[lost].Body.GetProperty("fresh").GetProperty("options")[0];
            Assert.That((await HoldAsync(guests[lost], plans[lost], fresh)).Status, Is.EqualTo(HttpStatusCode.Created));
        }
    }

    [Test]
    public async Task A_wish_for_the_return_and_the_hours_is_kept_and_a_graft_makes_the_gap_longer()
    {
        var market = await DentistAsync();
        var plan = await Clinic.IssueAsync(market, new { resourceKinds = new[] { "dental-chair" }, trips = new { jaw = "upper", graftDays = 30 } });
        var today = DateOnly.FromDateTime(Market.Now.UtcDateTime);
        var back = today.AddDays(200);
        var reply = await PlanAsync(Market.NewGuest(), plan, new { returnFrom = back, startFrom = "14:00:00" });
        var option = reply.Body.GetProperty("options")[0];
        Assert.That(Day(option, "earliestReturn"), Is.GreaterThanOrEqualTo(today.AddDays(150)));
        var starts = option.GetProperty("first").GetProperty("visits").EnumerateArray().Concat(option.GetProperty("second").GetProperty("visits").EnumerateArray())
            .Select(x => TimeZoneInfo.ConvertTime(x.GetProperty("start").GetDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(Market.Zone))).ToList();
        Assert.That(starts.Select(x => x.Hour), Is.All.GreaterThanOrEqualTo(14));
        Assert.That(DateOnly.FromDateTime(starts[1].DateTime), Is.GreaterThanOrEqualTo(back));
        Assert.That((starts[2].Date - starts[1].Date).Days, Is.GreaterThanOrEqualTo(5), "the dental laboratory's days");
    }

    [Test]
    public async Task Each_kind_of_plan_is_dated_its_own_way_and_wrong_numbers_are_named()
    {
        var market = await DentistAsync();
        var (guest, plan) = (Market.NewGuest(), await Clinic.IssueAsync(market, Lower));
        Assert.That((await guest.PlanAsync(plan)).Slug, Is.EqualTo("not-a-course"));
        Assert.That((await PlanAsync(guest, plan with { Key = "wrong" })).Slug, Is.EqualTo("treatment-plan-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Post, "/cycles", new { planId = plan.Id, day1 = DateOnly.FromDateTime(Market.Now.UtcDateTime) }, plan.Key)).Slug, Is.EqualTo("not-a-cycle"));
        var course = await Clinic.IssueAsync(await Clinic.OpenAsync());
        Assert.That((await PlanAsync(guest, course)).Slug, Is.EqualTo("not-two-trips"));
        var wrong = await Clinic.TryIssueAsync(market, Clinic.Order(market, new { resourceKinds = new[] { "laser" }, trips = new { jaw = "left", graftDays = -1, first = new[] { new { minutes = 0 } } } }));
        Assert.That(wrong.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name),
            Is.EquivalentTo(new[] { "pattern.resourceKinds", "pattern.trips.jaw", "pattern.trips.graftDays", "pattern.trips.first" }));
        var courseHere = await Clinic.TryIssueAsync(market, Clinic.Order(market, new { sessions = 3, sessionMinutes = 60, cadence = "daily", resourceKinds = new[] { "dental-chair" } }));
        Assert.That(courseHere.Slug, Is.EqualTo("not-case-review"));
    }

    private static Task<Market> DentistAsync() =>
        Market.OpenAsync(["dental-chair"], minutes: 120, slot: 60, procedure: "implant-single", line: "dental");

    private static Task<Reply> PlanAsync(Guest guest, Ordered plan, object? preferences = null) =>
        guest.SendAsync(HttpMethod.Post, "/trips/plan", new { planId = plan.Id, preferences }, plan.Key);

    private static async Task<JsonElement> FirstAsync(Guest guest, Ordered plan) => (await PlanAsync(guest, plan)).Body.GetProperty("options")[0];

    private static Task<Reply> HoldAsync(Guest guest, Ordered plan, JsonElement option) =>
        guest.SendAsync(HttpMethod.Post, "/trips/hold", new { optionId = option.GetProperty("optionId").GetGuid() }, plan.Key);

    private static Task<long> CountAsync(Market market, Ordered plan) =>
        market.CountAsync("SELECT count(*) FROM allocations a JOIN holds h ON h.id = a.hold_id WHERE h.plan_id = $1", plan.Id);

    private static DateOnly Day(JsonElement element, string name) => DateOnly.ParseExact(element.GetProperty(name).GetString()!, "yyyy-MM-dd");
}
