using System.Net;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Holds;

public sealed class HoldLifeTests
{
    [Test]
    public async Task A_hold_is_extended_ten_times_and_no_more()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        var replies = await Task.WhenAll(Enumerable.Range(0, 14).Select(_ => guest.SendAsync(HttpMethod.Post, $"/holds/{hold.Id}/extend", key: hold.Key)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.OK), Is.EqualTo(10));
        Assert.That(replies.Count(reply => reply.Slug == "no-extensions-left"), Is.EqualTo(4));
        var shown = await guest.SendAsync(HttpMethod.Get, $"/holds/{hold.Id}", key: hold.Key);
        Assert.That(shown.Time("expiresAt") - hold.ExpiresAt, Is.EqualTo(TimeSpan.FromMinutes(150)));
        Assert.That(shown.Body.GetProperty("extensionsLeft").GetInt32(), Is.Zero);
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM allocations a JOIN holds h ON h.id = a.hold_id WHERE h.id = $1 AND a.expires_at = h.expires_at", hold.Id),
            Is.EqualTo(1), "the allocation ends with its hold");
    }

    [Test]
    public async Task An_expired_hold_is_not_extended()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        await Market.LapseAsync(hold.Id);
        var reply = await guest.SendAsync(HttpMethod.Post, $"/holds/{hold.Id}/extend", key: hold.Key);
        Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.Gone, "hold-expired")));
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/holds/{hold.Id}", key: hold.Key)).Text("state"), Is.EqualTo("expired"));
    }

    [Test]
    public async Task A_hold_that_lost_its_time_to_someone_else_is_not_extended_but_ends()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        await Market.ScalarAsync("DELETE FROM allocations WHERE hold_id = $1", hold.Id); // as a taker with a later clock would
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/holds/{hold.Id}/extend", key: hold.Key)).Status, Is.EqualTo(HttpStatusCode.Gone));
        await Steps.HeardAsync<HoldExpired>(x => x.HoldId == hold.Id);
    }

    [Test]
    public async Task A_wrong_key_a_missing_key_and_an_unknown_hold_look_alike()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        var other = await Market.NewGuest().HoldAsync(market, Market.At(5, "14:00"));
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Post, "/extend"), (HttpMethod.Delete, "") })
        {
            foreach (var (id, key) in new[] { (hold.Id, other.Key), (hold.Id, null), (hold.Id, string.Empty), (Guid.NewGuid(), hold.Key) })
            {
                var reply = await guest.SendAsync(method, $"/holds/{id}{path}", key: key);
                Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.NotFound, "hold-unknown")), $"{method} {path}");
            }
        }

        Assert.That(await market.AllocationsAsync(Market.At(5)), Is.EqualTo(1));
    }

    [Test]
    public async Task A_released_hold_frees_its_time_once_and_says_so()
    {
        var market = await Market.OpenAsync();
        var (guest, start) = (Market.NewGuest(), Market.At(5));
        var hold = await guest.HoldAsync(market, start);
        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => guest.SendAsync(HttpMethod.Delete, $"/holds/{hold.Id}", key: hold.Key)));
        Assert.That(replies.Select(reply => reply.Status), Is.All.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
        await Steps.HeardAsync<HoldReleased>(x => x.HoldId == hold.Id);
        Assert.That(Running.App.Received<HoldReleased>().Count(x => x.HoldId == hold.Id), Is.EqualTo(1));
    }

    [Test]
    public async Task Two_sweeps_at_once_announce_each_expired_hold_once_and_leave_live_ones()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var live = await guest.HoldAsync(market, Market.At(5));
        var booking = await Market.NewGuest().BookAsync(market, Market.At(6));
        var lapsed = new List<Held> { booking.Hold };
        for (var i = 0; i < 5; i++)
        {
            lapsed.Add(await Market.NewGuest().HoldAsync(market, Market.At(7 + (7 * i))));
        }

        foreach (var hold in lapsed)
        {
            await Market.LapseAsync(hold.Id);
        }

        await Task.WhenAll(Steps.SweepAsync(), Steps.SweepAsync(), Steps.SweepAsync());
        foreach (var hold in lapsed)
        {
            await Steps.HeardAsync<HoldExpired>(x => x.HoldId == hold.Id);
        }

        await Steps.SweepAsync();
        foreach (var hold in lapsed)
        {
            Assert.That(Running.App.Received<HoldExpired>().Count(x => x.HoldId == hold.Id), Is.EqualTo(1));
        }

        Assert.That(Running.App.Received<HoldExpired>().Single(x => x.HoldId == booking.Hold.Id).BookingId, Is.EqualTo(booking.Id));
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("expired"));
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE center_id = $1", market.CenterId), Is.EqualTo(1));
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/holds/{live.Id}", key: live.Key)).Text("state"), Is.EqualTo("held"));
    }
}
