using System.Net;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;

namespace MedTourism.Booking.Tests.Courses;

public sealed class CourseJourneyTests
{
    [Test]
    public async Task A_course_goes_from_the_doctors_order_to_confirmed_sessions()
    {
        var market = await Clinic.OpenAsync(lanes: 2);
        var plan = await Clinic.IssueAsync(market);
        var contact = await Steps.HeardAsync<PatientContactGiven>(x => x.BookingId == plan.Id);
        Assert.That(contact.Email, Is.EqualTo("erika@example.org"));

        var guest = Market.NewGuest();
        var shown = await guest.SendAsync(HttpMethod.Get, $"/treatment-plans/{plan.Id}", key: plan.Key);
        Assert.That((shown.Text("state"), shown.Body.GetProperty("pattern").GetProperty("cadence").GetString(), shown.Body.GetProperty("patient").GetProperty("familyName").GetString()),
            Is.EqualTo(("issued", "daily", "Muster")));

        var option = await guest.FirstOptionAsync(plan);
        var visits = option.GetProperty("sessions").EnumerateArray().ToList();
        Assert.That(visits, Has.Count.EqualTo(10));
        Assert.That(option.GetProperty("why")[0].GetProperty("code").GetString(), Is.EqualTo("earliest-end"));

        var held = await guest.TryHoldCourseAsync(plan, option);
        Assert.That(held.Status, Is.EqualTo(HttpStatusCode.Created), held.Body.ToString());
        var hold = new Held(held.Id("holdId"), plan.Key, held.Time("expiresAt"));
        Assert.That(held.Sessions().Select(x => x.GetProperty("start").GetDateTimeOffset()), Is.EqualTo(visits.Select(x => x.GetProperty("start").GetDateTimeOffset())));
        Assert.That(held.Sessions().Select(x => x.GetProperty("state").GetString()), Is.All.EqualTo("held"));
        Assert.That(await market.AllocationsOfAsync(hold.Id), Is.EqualTo(10));
        await Steps.HeardAsync<HoldPlaced>(x => x.HoldId == hold.Id);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/treatment-plans/{plan.Id}", key: plan.Key)).Text("state"), Is.EqualTo("held"));

        var booking = await guest.PlaceAsync(hold);
        var request = await Steps.HeardAsync<DepositRequested>(x => x.BookingId == booking.Id);
        Assert.That(request.AmountMinor, Is.EqualTo(Market.Deposit));
        var before = await guest.SendAsync(HttpMethod.Get, $"/holds/{hold.Id}", key: plan.Key);
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/checkout", key: plan.Key)).Time("holdExpiresAt"), Is.EqualTo(before.Time("expiresAt")), "Checkout never shortens.");
        await Steps.PayAsync(booking);

        var confirmed = await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That(confirmed.Sessions!.Select(x => (x.Number, x.State, x.Phase)), Is.EqualTo(Enumerable.Range(1, 10).Select(n => (n, "booked", "fraction"))));
        Assert.That((confirmed.PriceMinor, confirmed.Start, confirmed.End), Is.EqualTo((20 * Market.Deposit, visits[0].GetProperty("start").GetDateTimeOffset(), visits[^1].GetProperty("end").GetDateTimeOffset())));
        var view = await guest.ShowAsync(booking);
        Assert.That((view.Text("state"), view.Id("planId"), view.Sessions().Count), Is.EqualTo(("confirmed", plan.Id, 10)));
        var booked = await guest.SendAsync(HttpMethod.Get, $"/treatment-plans/{plan.Id}", key: plan.Key);
        Assert.That((booked.Text("state"), booked.Id("bookingId")), Is.EqualTo(("booked", booking.Id)));
        Assert.That((await guest.PlanAsync(plan)).Slug, Is.EqualTo("plan-booked"));
        Assert.That(await market.CountAsync("SELECT count(*) FROM allocations a JOIN sessions s ON s.id = a.session_id WHERE a.booking_id = $1 AND a.state = 'booked' AND a.starts_at = s.starts_at", booking.Id), Is.EqualTo(10));
    }

    [Test]
    public async Task A_course_is_held_for_three_days_but_not_beyond_its_plan()
    {
        var market = await Clinic.OpenAsync();
        var guest = Market.NewGuest();
        var later = Market.Now.AddDays(20).UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var hold = await guest.HoldCourseAsync(await Clinic.IssueAsync(market), new { firstDayFrom = later });
        Assert.That(hold.ExpiresAt, Is.EqualTo(Market.Now.AddHours(72)).Within(TimeSpan.FromMinutes(2)));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/holds/{hold.Id}/extend", key: hold.Key)).Time("expiresAt"), Is.EqualTo(hold.ExpiresAt.AddMinutes(15)));

        var order = Clinic.Order(market);
        var until = Market.Now.AddHours(5);
        order["validUntil"] = until;
        var issued = await Clinic.TryIssueAsync(market, order);
        var brief = new Ordered(issued.Id("id"), (await Steps.HeardAsync<TreatmentPlanIssued>(x => x.PlanId == issued.Id("id"))).AccessKey);
        var shorter = await guest.HoldCourseAsync(brief, new { firstDayFrom = later });
        Assert.That(shorter.ExpiresAt, Is.EqualTo(until).Within(TimeSpan.FromSeconds(1)));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/holds/{shorter.Id}/extend", key: brief.Key)).Time("expiresAt"), Is.EqualTo(shorter.ExpiresAt));
    }

    [Test]
    public async Task A_plan_holds_dates_once_at_a_time_and_again_when_they_are_let_go()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var options = (await guest.PlanAsync(plan)).Body.GetProperty("options").EnumerateArray().ToList();
        var replies = await Task.WhenAll(options.Take(3).Select(option => guest.TryHoldCourseAsync(plan, option)));
        Assert.That(replies.Count(x => x.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(replies.Where(x => x.Status != HttpStatusCode.Created).Select(x => x.Slug), Is.All.EqualTo("plan-held"));
        var hold = replies.Single(x => x.Status == HttpStatusCode.Created).Id("holdId");
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/holds/{hold}", key: plan.Key)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await market.AllocationsOfAsync(hold), Is.Zero);
        Assert.That((await guest.TryHoldCourseAsync(plan, options[0])).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Late_money_takes_every_session_anew()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var booking = await guest.PlaceAsync(await guest.HoldCourseAsync(plan));
        await Market.LapseAsync(booking.Hold.Id);
        await Steps.SweepAsync();
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/treatment-plans/{plan.Id}", key: plan.Key)).Text("state"), Is.EqualTo("issued"));
        await Steps.PayAsync(booking);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        Assert.That(await market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1 AND session_id IS NOT NULL", booking.Id), Is.EqualTo(10));
        Assert.That((await guest.ShowAsync(booking)).Sessions().Select(x => x.GetProperty("state").GetString()), Is.All.EqualTo("booked"));
    }

    [Test]
    public async Task Late_money_is_returned_whole_if_one_session_is_gone()
    {
        var market = await Clinic.OpenAsync();
        var (plan, other, guest) = (await Clinic.IssueAsync(market), await Clinic.IssueAsync(market, new { sessions = 1, sessionMinutes = 20, cadence = "daily", resourceKinds = new[] { "linac" } }), Market.NewGuest());
        var booking = await guest.PlaceAsync(await guest.HoldCourseAsync(plan));
        await Market.LapseAsync(booking.Hold.Id);
        var first = (await guest.ShowAsync(booking)).Sessions()[0].GetProperty("start").GetDateTimeOffset();
        var taken = await guest.FirstOptionAsync(other, new { firstDayFrom = first.AddHours(5).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) });
        Assert.That(taken.GetProperty("sessions")[0].GetProperty("start").GetDateTimeOffset(), Is.EqualTo(first), "The stale hold holds nothing.");
        Assert.That((await guest.TryHoldCourseAsync(other, taken)).Status, Is.EqualTo(HttpStatusCode.Created));
        await Steps.PayAsync(booking);
        var back = await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == booking.Id);
        Assert.That((back.AmountMinor, back.Reason), Is.EqualTo((Market.Deposit, "time-gone")));
        Assert.That(await market.CountAsync("SELECT count(*) FROM allocations a LEFT JOIN holds h ON h.id = a.hold_id WHERE a.booking_id = $1 OR h.booking_id = $1", booking.Id), Is.Zero);
    }

    [Test]
    public async Task Money_for_a_plan_that_another_booking_took_is_returned()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var first = await guest.PlaceAsync(await guest.HoldCourseAsync(plan));
        await Market.LapseAsync(first.Hold.Id);
        await Steps.SweepAsync();
        var second = await guest.PlaceAsync(await guest.HoldCourseAsync(plan, new { startFrom = "13:00" }));
        await Task.WhenAll(Steps.PayAsync(first), Steps.PayAsync(second));
        string[] states = [await guest.StateAsync(first), await guest.StateAsync(second)];
        Assert.That(states, Is.EquivalentTo(new[] { "confirmed", "refunding" }));
        var lost = states[0] == "refunding" ? first : second;
        Assert.That((await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == lost.Id)).Reason, Is.EqualTo("plan-gone"));
    }

    [Test]
    public async Task A_cancelled_course_frees_its_time_and_gives_the_plan_back()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var later = Market.Now.AddDays(20).UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var booking = await guest.PlaceAsync(await guest.HoldCourseAsync(plan, new { firstDayFrom = later }));
        await Steps.PayAsync(booking);
        Assert.That((await guest.CancelAsync(booking, Market.Deposit)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1", booking.Id), Is.Zero);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/treatment-plans/{plan.Id}", key: plan.Key)).Text("state"), Is.EqualTo("issued"));
        Assert.That((await guest.PlanAsync(plan)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_course_without_a_deposit_is_confirmed_when_it_is_placed()
    {
        var market = await Clinic.OpenAsync(deposit: 0);
        var (plan, guest) = (await Clinic.IssueAsync(market, deposit: 0), Market.NewGuest());
        var booking = await guest.PlaceAsync(await guest.HoldCourseAsync(plan));
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        Assert.That((await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id)).Sessions, Has.Length.EqualTo(10));
    }

    [Test]
    public async Task A_machine_that_closes_in_between_gives_the_loser_the_reason_and_fresh_plans()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var option = await guest.FirstOptionAsync(plan);
        var start = option.GetProperty("sessions")[3].GetProperty("start").GetDateTimeOffset();
        await Market.ScalarAsync(
            """
            INSERT INTO calendar_exceptions (id, center_id, resource_id, from_at, to_at, kind, reason)
            SELECT gen_random_uuid(), center_id, id, $2, $3, 'closed', 'source exchange' FROM resources WHERE center_id = $1
            """,
            market.CenterId, start.AddHours(-1).ToUniversalTime(), start.AddHours(2).ToUniversalTime());
        var refused = await guest.TryHoldCourseAsync(plan, option);
        Assert.That((refused.Status, refused.Slug), Is.EqualTo((HttpStatusCode.Conflict, "time-taken")));
        var lost = refused.Body.GetProperty("lost")[0];
        Assert.That((lost.GetProperty("number").GetInt32(), lost.GetProperty("reasons")[0].GetProperty("parameters").GetProperty("reason").GetString()), Is.EqualTo((4, "source exchange")));
        var fresh = refused.Body.GetProperty("fresh").GetProperty("options")[0];
        Assert.That((await guest.TryHoldCourseAsync(plan, fresh)).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Who_has_neither_the_key_nor_the_center_sees_and_holds_nothing()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var option = await guest.FirstOptionAsync(plan);
        var stranger = plan with { Key = "wrong" };
        Assert.That((await guest.PlanAsync(stranger)).Slug, Is.EqualTo("treatment-plan-unknown"));
        Assert.That((await guest.TryHoldCourseAsync(stranger, option)).Slug, Is.EqualTo("option-unknown"));
        foreach (var token in new[] { Clinic.Token("elsewhere"), Clinic.Token(market.CenterId, "reader"), Running.App.Tokens.For(sub: "patient") })
        {
            Assert.That((await guest.SendAsync(HttpMethod.Get, $"/treatment-plans/{plan.Id}", token: token)).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await guest.SendAsync(HttpMethod.Get, $"/clinic/treatment-plans/{plan.Id}", token: token)).Status, Is.AnyOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden));
            Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/treatment-plans/{plan.Id}/withdraw", token: token)).Status, Is.AnyOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden));
        }

        Assert.That((await guest.SendAsync(HttpMethod.Post, "/courses/plan", new { planId = plan.Id }, token: Clinic.Token(market.CenterId, "scheduler"))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task An_erased_account_takes_the_plans_person_along_when_care_is_over()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest, account) = (await Clinic.IssueAsync(market), Market.NewGuest(), Guid.NewGuid());
        var hold = await guest.HoldCourseAsync(plan);
        await guest.SendAsync(
            HttpMethod.Post, "/bookings", new { holdId = hold.Id, patient = Guest.Patient, contact = Guest.Contact, answers = Array.Empty<object>() }, plan.Key,
            token: Running.App.Tokens.For(sub: account.ToString()));
        Assert.That(await PeopleAsync(), Is.EqualTo(1));
        await Market.LapseAsync(hold.Id);
        await Steps.SweepAsync();
        await Steps.DeliverAsync(new AccountErased(account, Market.Now));
        Assert.That(await PeopleAsync(), Is.Zero);

        Task<long> PeopleAsync() => market.CountAsync("SELECT count(*) FROM treatment_plan_people WHERE plan_id = $1", plan.Id);
    }
}
