using System.Text.Json;
using MedTourism.Booking.Tests.Waitlist;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Tests.Availability;

public sealed class ExplainRefusalTests
{
    private static readonly string[] Both = ["mri", "surgeon"];

    [Test]
    public async Task A_start_that_is_not_offered_says_which_rule_or_closing_stands_in_the_way()
    {
        var market = await Market.OpenAsync();
        Assert.That(Code(await WhyAsync(market, Market.At(-3))), Is.EqualTo("past"));
        Assert.That(Code(await WhyAsync(market, Market.At(300))), Is.EqualTo("horizon"));
        Assert.That(Code(await WhyAsync(market, Market.Now.AddMinutes(30))), Is.EqualTo("lead-time"));
        var offGrid = await WhyAsync(market, Market.At(5, "10:10"));
        Assert.That((Code(offGrid), offGrid[0].GetProperty("limit").GetInt32()), Is.EqualTo(("not-a-start", 30)));
        var early = await WhyAsync(market, Market.At(5, "07:30"));
        Assert.That(Code(early), Is.EqualTo("closed-hours"));
        Assert.That((early[0].GetProperty("from").GetDateTimeOffset(), early[0].GetProperty("to").GetDateTimeOffset()), Is.EqualTo((Market.At(5, "08:00"), Market.At(5, "18:00"))));
        var friday = Market.At(5);
        Assert.That(Code(await WhyAsync(market, friday.AddDays(6 - (int)friday.DayOfWeek))), Is.EqualTo("closed-hours"));

        await Market.ScalarAsync(
            "INSERT INTO calendar_exceptions (id, center_id, resource_id, from_at, to_at, kind, reason) VALUES (gen_random_uuid(), $1, NULL, $2, $3, 'closed', 'Quality assurance')",
            market.CenterId, Market.At(6, "07:00"), Market.At(6, "10:30"));
        var closed = await WhyAsync(market, Market.At(6));
        Assert.That((Code(closed), closed[0].GetProperty("reason").GetString(), closed[0].GetProperty("resource").GetString()), Is.EqualTo(("closed", "Quality assurance", "MRI")));
        Assert.That(closed[0].GetProperty("message").GetString(), Is.EqualTo("MRI is closed 07:00–10:30: Quality assurance."));

        var holiday = Market.At(45);
        await Steps.DeliverAsync(new PublicHolidayDeclared("KZ", DateOnly.FromDateTime(holiday.UtcDateTime), "Nauryz", true, "test"));
        var free = await WhyAsync(market, holiday);
        await Market.ScalarAsync("DELETE FROM public_holidays");
        Assert.That((Code(free), free[0].GetProperty("reason").GetString()), Is.EqualTo(("holiday", "Nauryz")));

        await Steps.DeliverAsync(new EquipmentStatusChanged($"{market.CenterId}-mri", 2, market.CenterId, "almaty", Market.Zone, "mri", "MRI", "commissioning", 1, 30, true, Market.Now));
        var down = await WhyAsync(market, Market.At(5));
        Assert.That((Code(down), down[0].GetProperty("reason").GetString()), Is.EqualTo(("resource-closed", "commissioning")));
    }

    [Test]
    public async Task A_taken_time_names_what_stands_in_it_and_nothing_of_other_patients()
    {
        var market = await Market.OpenAsync(Both, lanes: 2);
        var (guest, clinic, start) = (Market.NewGuest(), Waiting.Clinic(market), Market.At(5));
        var resources = (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: clinic)).Body.EnumerateArray()
            .Select(x => (Id: x.GetProperty("id").GetGuid(), Kind: x.GetProperty("kind").GetString())).ToList();
        var booking = await guest.BookAsync(market, start.AddMinutes(-30));
        await Steps.PayAsync(booking);
        var machine = (Guid)(await Market.ScalarAsync("SELECT resource_id FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE booking_id = $1 AND kind = 'mri'", booking.Id))!;
        await guest.SendAsync(
            HttpMethod.Post, "/clinic/blocks",
            new { resourceId = resources.Single(x => x.Kind == "mri" && x.Id != machine).Id, start, end = start.AddHours(2), reason = "Source exchange" }, token: clinic);

        var reply = await Market.NewGuest().TryHoldAsync(market, start);
        Assert.That(reply.Slug, Is.EqualTo("time-taken"));
        var reasons = reply.Body.GetProperty("reasons").EnumerateArray().ToList();
        Assert.That(reasons.Select(x => x.GetProperty("code").GetString()), Is.EquivalentTo(new[] { "booked", "blocked" }), "a second surgeon is free");
        var blocked = reasons.Single(x => x.GetProperty("code").GetString() == "blocked");
        Assert.That((blocked.GetProperty("reason").GetString(), blocked.GetProperty("to").GetDateTimeOffset()), Is.EqualTo(("Source exchange", start.AddHours(2))));
        var booked = reasons.Single(x => x.GetProperty("code").GetString() == "booked");
        Assert.That((booked.GetProperty("from").GetDateTimeOffset(), booked.GetProperty("to").GetDateTimeOffset()), Is.EqualTo((start, start.AddMinutes(30))), "only within the wanted time");
        Assert.That(reply.Body.ToString(), Does.Not.Contain(booking.Reference).And.Not.Contain(booking.Id.ToString()).And.Not.Contain("Muster"));
    }

    private static async Task<List<JsonElement>> WhyAsync(Market market, DateTimeOffset start)
    {
        var reply = await Market.NewGuest().TryHoldAsync(market, start);
        Assert.That(reply.Slug, Is.EqualTo("start-not-offered"), reply.Body.ToString());
        return [.. reply.Body.GetProperty("reasons").EnumerateArray()];
    }

    private static string Code(List<JsonElement> reasons) => string.Join(' ', reasons.Select(x => x.GetProperty("code").GetString()));
}
