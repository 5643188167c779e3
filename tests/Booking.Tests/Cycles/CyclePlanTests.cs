using System.Net;
using System.Text.Json;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Cycles;

using Clinic = MedTourism.Booking.Tests.Courses.Clinic;

/// <summary>Cycles that a clinician orders: what the form begins with, and what the patient may reserve of the plan.</summary>
public sealed class CyclePlanTests
{
    [TestCase("ivf-standard", true, 5), TestCase("ivf-pgt", true, null), TestCase("fet", false, null)]
    public async Task A_doctors_form_begins_with_the_cycle_of_the_procedure_and_no_day_for_a_frozen_transfer(string procedure, bool retrieval, int? transferDay)
    {
        var market = await Market.OpenAsync(kinds: ["ivf-lab"], mode: "cycle", procedure: procedure);
        var offers = await Market.NewGuest().SendAsync(HttpMethod.Get, "/clinic/treatment-plans/offers", token: Clinic.Token(market.CenterId));
        Assert.That(offers.Body.EnumerateArray().Select(x => x.GetProperty("kind").GetString()), Is.EqualTo(new[] { "cycle" }), offers.Body.ToString());
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/clinic/treatment-plans/defaults?offer={market.OfferId}", token: Clinic.Token(market.CenterId));
        var (ivf, basis) = (reply.Body.GetProperty("ivf"), reply.Body.GetProperty("basis"));
        Assert.That(ivf.GetProperty("retrieval").GetBoolean(), Is.EqualTo(retrieval));
        Assert.That(ivf.GetProperty("transferDay").ValueKind == JsonValueKind.Null ? (int?)null : ivf.GetProperty("transferDay").GetInt32(), Is.EqualTo(transferDay));
        Assert.That(ivf.GetProperty("transferCycleDay").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((basis.GetProperty("stimulationDays").GetString(), basis.TryGetProperty("flyAfterDays", out _)), Is.EqualTo(("ivf46", false)));
        var without = await Clinic.TryIssueAsync(market, Clinic.Order(market, new { ivf = new { retrieval = false, transferCycleDay = (int?)null } }));
        Assert.That(without.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.EqualTo(new[] { "pattern.ivf.transferCycleDay" }), without.Body.ToString());
    }

    [Test]
    public async Task A_cycle_does_not_begin_before_the_day_that_its_plan_names()
    {
        var laboratory = await Laboratory.OpenAsync();
        var ready = Laboratory.Today.AddDays(20);
        var order = Clinic.Order(laboratory.Market, new { ivf = new { retrieval = false, transferCycleDay = 19 } });
        order["readyOn"] = $"{ready:yyyy-MM-dd}";
        var issued = await Clinic.TryIssueAsync(laboratory.Market, order);
        var key = (await Steps.HeardAsync<TreatmentPlanIssued>(x => x.PlanId == issued.Id("id"))).AccessKey;
        var early = await Market.NewGuest().SendAsync(HttpMethod.Post, "/cycles", new { planId = issued.Id("id"), day1 = ready.AddDays(-1) }, key);
        Assert.That(early.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.EqualTo(new[] { "day1" }), early.Body.ToString());
        var kept = await Market.NewGuest().SendAsync(HttpMethod.Post, "/cycles", new { planId = issued.Id("id"), day1 = ready }, key);
        Assert.That(kept.Status, Is.EqualTo(HttpStatusCode.Created), kept.Body.ToString());
    }

    [Test]
    public async Task A_cycle_that_a_clinician_ordered_is_reserved_by_its_plan_under_its_price()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var (guest, day1) = (Market.NewGuest(), Laboratory.Today.AddDays(20));
        var plan = await Clinic.IssueAsync(laboratory.Market, new { ivf = new { retrieval = false, transferCycleDay = 19 } });
        var reply = await guest.SendAsync(HttpMethod.Post, "/cycles", new { planId = plan.Id, day1 }, plan.Key);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        var hold = reply.Body.GetProperty("hold");
        Assert.That(hold.GetProperty("price").GetProperty("amountMinor").GetInt64(), Is.EqualTo(20 * Market.Deposit));
        Assert.That(reply.Body.GetProperty("cycle").GetProperty("weeks").EnumerateArray().Select(x => x.GetProperty("step").GetString()), Is.EqualTo(new[] { "transfer" }));
        var again = await guest.SendAsync(HttpMethod.Post, "/cycles", new { planId = plan.Id, day1 = day1.AddDays(28) }, plan.Key);
        Assert.That(again.Slug, Is.EqualTo("plan-held"));
        var booking = await guest.PlaceAsync(new Held(hold.GetProperty("holdId").GetGuid(), plan.Key, hold.GetProperty("expiresAt").GetDateTimeOffset()));
        await Steps.PayAsync(booking);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(1));
        var started = await Laboratory.StartedAsync(guest, booking, Laboratory.Today);
        Assert.That(Laboratory.AppointmentsOf(started).Select(x => (x.Code, x.State)), Is.EqualTo(new[] { ("transfer", "proposed") }));
        var wrong = await Clinic.TryIssueAsync(laboratory.Market, Clinic.Order(laboratory.Market, new { ivf = new { transferDay = 9 } }));
        Assert.That(wrong.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.EqualTo(new[] { "pattern.ivf.transferDay" }), wrong.Body.ToString());
    }
}
