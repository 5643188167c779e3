using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Tests.Offers;

public sealed class CopiesTests
{
    [Test]
    public async Task Versions_of_an_offer_arriving_in_any_order_and_twice_end_in_the_highest()
    {
        var market = await Market.OpenAsync();
        foreach (var version in new long[] { 3, 2, 5, 4, 5, 1 })
        {
            await Steps.DeliverAsync(new OfferPublished(
                market.OfferId, version, "mri-head", new() { ["en"] = $"v{version}" }, "diagnostics", market.CenterId, new() { ["en"] = "C" }, "almaty", Market.Zone,
                "instant", 60, Market.OneMachine, 100 * version, 10, "KZT", [], [], true, Market.Now));
        }

        Assert.That(await Market.ScalarAsync("SELECT procedure_names ->> 'en' || price_minor FROM offer_terms WHERE offer_id = $1", market.OfferId), Is.EqualTo("v5500"));
    }

    [Test]
    public async Task A_withdrawal_before_its_offer_still_withdraws_it_and_a_later_version_sells_it_again()
    {
        var offer = new OfferPublished(
            Guid.NewGuid(), 1, "p", new() { ["en"] = "P" }, "l", "nowhere", new() { ["en"] = "C" }, "almaty", Market.Zone, "instant", 60, Market.OneMachine, 100, 10,
            "KZT", [], [], true, Market.Now);
        await Steps.DeliverAsync(new OfferWithdrawn(offer.OfferId, 2, Market.Now));
        await Steps.DeliverAsync(offer);
        Assert.That((int)(await AvailabilityAsync(offer.OfferId)).Status, Is.EqualTo(404));
        await Steps.DeliverAsync(new OfferWithdrawn(offer.OfferId, 1, Market.Now));
        await Steps.DeliverAsync(offer with { Version = 3 });
        Assert.That((int)(await AvailabilityAsync(offer.OfferId)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_machine_has_one_resource_per_lane_with_default_hours_and_lanes_that_go_are_closed_whatever_the_order()
    {
        var market = await Market.OpenAsync(lanes: 2);
        Assert.That(await market.CountAsync(
            "SELECT count(*) FROM weekly_hours h JOIN resources r ON r.id = h.resource_id WHERE center_id = $1 AND note = 'default, center to confirm'", market.CenterId), Is.EqualTo(10));
        var machine = new EquipmentStatusChanged($"{market.CenterId}-mri", 5, market.CenterId, "almaty", Market.Zone, "mri", "MRI", "open", 1, 30, true, Market.Now);
        await Steps.DeliverAsync(machine);
        await Steps.DeliverAsync(machine with { Version = 4, Lanes = 3 });
        await Steps.DeliverAsync(machine with { Version = 5, Status = "planned" });
        Assert.That(
            await Market.ScalarAsync("SELECT string_agg(lane || status, ' ' ORDER BY lane) FROM resources WHERE center_id = $1", market.CenterId), Is.EqualTo("1open 2closed"));

        await Market.ScalarAsync("DELETE FROM weekly_hours h USING resources r WHERE r.id = h.resource_id AND center_id = $1 AND weekday > 1", market.CenterId);
        await Steps.DeliverAsync(machine with { Version = 6, Lanes = 2 });
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM weekly_hours h JOIN resources r ON r.id = h.resource_id WHERE center_id = $1", market.CenterId),
            Is.EqualTo(2), "hours that someone set stay as they are");
        Assert.That(await market.CountAsync("SELECT count(*) FROM resources WHERE center_id = $1 AND status = 'open'", market.CenterId), Is.EqualTo(2));
    }

    [Test]
    public async Task An_estimated_holiday_never_replaces_an_official_one()
    {
        var day = new PublicHolidayDeclared("KZ", new DateOnly(2090, 3, 22), "Nauryz", true, "law");
        await Steps.DeliverAsync(day);
        await Steps.DeliverAsync(day with { Name = "Guess", Official = false });
        Assert.That(await Market.ScalarAsync("SELECT name FROM public_holidays WHERE date = '2090-03-22'"), Is.EqualTo("Nauryz"));
    }

    private static Task<Reply> AvailabilityAsync(Guid offer) => Market.NewGuest().SendAsync(HttpMethod.Get, $"/availability?offer={offer}");
}
