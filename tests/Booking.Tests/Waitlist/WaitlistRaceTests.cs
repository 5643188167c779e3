using System.Net;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Waitlist;

public sealed class WaitlistRaceTests
{
    [Test]
    public async Task Nobody_snatches_a_time_between_its_cancellation_and_its_offer()
    {
        var market = await Waiting.OneStartADayAsync();
        for (var round = 0; round < 5; round++)
        {
            var (guest, day) = (Market.NewGuest(), Waiting.Day(5 + round));
            var booking = await guest.BookAsync(market, day);
            await Steps.PayAsync(booking);
            var entry = await Waiting.JoinAsync(market, day);
            var customers = Enumerable.Range(0, 15).Select(_ => Market.NewGuest().TryHoldAsync(market, day)).ToList();
            var cancelled = guest.CancelAsync(booking, Market.Deposit);
            customers.AddRange(Enumerable.Range(0, 15).Select(_ => Market.NewGuest().TryHoldAsync(market, day)));
            Assert.That((await Task.WhenAll(customers)).Select(x => x.Slug), Is.All.EqualTo("time-taken"));
            Assert.That((await cancelled).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await entry.OfferAsync())?.Start, Is.EqualTo(day));
        }
    }

    [Test]
    public async Task Who_joins_while_time_is_freed_is_offered_it_or_told_that_it_is_free()
    {
        var market = await Waiting.OneStartADayAsync();
        for (var round = 0; round < 12; round++)
        {
            var (guest, day) = (Market.NewGuest(), Waiting.Day(5 + round));
            var hold = await guest.HoldAsync(market, day);
            var joins = Enumerable.Range(0, 3).Select(_ => Market.NewGuest().TryJoinAsync(market, day)).ToList();
            var release = guest.ReleaseAsync(hold);
            var replies = await Task.WhenAll(joins);
            await release;
            var joined = replies.Where(x => x.Status == HttpStatusCode.Created).ToList();
            Assert.That(replies.Except(joined).Select(x => x.Slug), Is.All.EqualTo("time-is-free"));
            var offered = await market.CountAsync("SELECT count(*) FROM waitlist_entries WHERE offer_id = $1 AND from_at <= $2 AND to_at > $2 AND state = 'offered'", market.OfferId, day);
            Assert.That(offered, Is.EqualTo(joined.Count == 0 ? 0 : 1), $"{joined.Count} joined");
            Assert.That(await market.FreeAsync(day), joined.Count == 0 ? Is.EqualTo(new[] { day }) : Is.Empty);

            // Of those who joined the first one has it.
            Assert.That(
                await market.CountAsync(
                    """
                    SELECT count(*) FROM waitlist_entries w JOIN waitlist_entries f ON f.offer_id = w.offer_id AND f.from_at = w.from_at AND f.place < w.place
                    WHERE w.offer_id = $1 AND w.state = 'offered' AND f.state = 'waiting'
                    """,
                    market.OfferId),
                Is.Zero);
        }
    }

    [Test]
    public async Task Workers_of_many_replicas_offer_each_time_once_in_the_order_of_joining()
    {
        var market = await Waiting.OneStartADayAsync(lanes: 2);
        var days = Enumerable.Range(5, 4).Select(Waiting.Day).ToList();
        foreach (var day in days)
        {
            await Market.NewGuest().HoldAsync(market, day);
            await Market.NewGuest().HoldAsync(market, day);
        }

        var entries = new List<Entry>();
        for (var i = 0; i < 11; i++)
        {
            entries.Add(await Waiting.JoinAsync(market, days[0], days[^1]));
        }

        // Time that became free behind the service's back and was noted, as a transaction does that cannot offer it itself.
        await Market.ScalarAsync("DELETE FROM allocations a USING resources r WHERE r.id = a.resource_id AND r.center_id = $1", market.CenterId);
        foreach (var day in days.Concat(days))
        {
            await Market.ScalarAsync("INSERT INTO freed_times (center_id, from_at, to_at) VALUES ($1, $2, $3)", market.CenterId, day, day.AddHours(10));
        }

        async Task DrainAsync()
        {
            while (await Waiting.OfferNextAsync())
            {
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => DrainAsync()));
        var offers = new List<Offered?>();
        foreach (var entry in entries)
        {
            offers.Add(await entry.OfferAsync());
        }

        Assert.That(offers.Take(8), Has.None.Null, "the first eight in the order of joining");
        Assert.That(offers.Skip(8), Is.All.Null);
        Assert.That(offers.Take(8).Select(x => x!.Start).GroupBy(x => x).Select(x => x.Count()), Is.EqualTo(new[] { 2, 2, 2, 2 }));
        Assert.That(await market.CountAsync("SELECT count(*) FROM freed_times WHERE center_id = $1", market.CenterId), Is.Zero);
    }

    [Test]
    public async Task Declining_releasing_paying_leaving_and_expiring_at_once_pass_the_time_on_once()
    {
        var market = await Waiting.OneStartADayAsync();
        for (var round = 0; round < 8; round++)
        {
            var (guest, day) = (Market.NewGuest(), Waiting.Day(5 + round));
            var hold = await guest.HoldAsync(market, day);
            var first = await Waiting.JoinAsync(market, day);
            var second = await Waiting.JoinAsync(market, day);
            var third = await Waiting.JoinAsync(market, day);
            await guest.ReleaseAsync(hold);
            var offer = (await first.OfferAsync())!;
            await Market.ScalarAsync("UPDATE holds SET expires_at = now() WHERE id = $1", offer.HoldId);
            await Task.WhenAll(
                Steps.SweepAsync(), first.DeclineAsync(offer.HoldId), Steps.SweepAsync(), first.DeclineAsync(offer.HoldId),
                guest.SendAsync(HttpMethod.Delete, $"/holds/{offer.HoldId}", key: first.Key), round % 2 == 0 ? first.RemoveAsync() : Task.CompletedTask);

            Assert.That(await market.CountAsync("SELECT count(*) FROM waitlist_offers WHERE hold_id = $1 AND state <> 'live'", offer.HoldId), Is.EqualTo(1));
            Assert.That((await second.OfferAsync())?.Start, Is.EqualTo(day));
            Assert.That(await third.OfferAsync(), Is.Null);
            Assert.That(await first.StateAsync(), Is.EqualTo(round % 2 == 0 ? "removed" : "waiting"));
            Assert.That(Running.App.Received<WaitlistOfferLapsed>().Count(x => x.HoldId == offer.HoldId), Is.LessThanOrEqualTo(1));
        }
    }

    [Test]
    public async Task Many_who_free_join_and_leave_one_center_at_once_never_deadlock()
    {
        var market = await Waiting.OneStartADayAsync(lanes: 2);
        var days = Enumerable.Range(5, 6).Select(Waiting.Day).ToList();
        var before = await DeadlocksAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async n =>
        {
            var random = new Random(n);
            for (var i = 0; i < 6; i++)
            {
                var (guest, day) = (Market.NewGuest(), days[random.Next(days.Count)]);
                var reply = await guest.TryHoldAsync(market, day);
                if (reply.Status == HttpStatusCode.Created)
                {
                    await (random.Next(2) == 0 ? guest.ReleaseAsync(new Held(reply.Id("holdId"), reply.Text("accessKey"), default)) : Market.LapseAsync(reply.Id("holdId")));
                }

                var joined = await guest.TryJoinAsync(market, day, days[^1]);
                await Steps.SweepAsync();
                if (joined.Status == HttpStatusCode.Created)
                {
                    var entry = new Entry(joined.Id("entryId"), joined.Text("accessKey"), guest);
                    await (random.Next(3) == 0 ? entry.RemoveAsync() : entry.DeclineAsync());
                }
            }
        }));
        while (await Waiting.OfferNextAsync())
        {
        }

        Assert.That(await DeadlocksAsync(), Is.EqualTo(before));
        Assert.That(
            await market.CountAsync(
                """
                SELECT count(*) FROM waitlist_offers o JOIN waitlist_entries e ON e.id = o.entry_id JOIN holds h ON h.id = o.hold_id
                WHERE e.offer_id = $1 AND o.state = 'live' AND (e.state <> 'offered' OR h.state <> 'held'
                      OR NOT EXISTS (SELECT 1 FROM allocations a WHERE a.hold_id = h.id))
                """,
                market.OfferId),
            Is.Zero);
    }

    private static async Task<long> DeadlocksAsync() =>
        (long)(await Market.ScalarAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))!;
}
