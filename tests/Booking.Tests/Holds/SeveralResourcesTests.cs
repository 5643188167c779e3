using System.Net;

namespace MedTourism.Booking.Tests.Holds;

/// <summary>A visit that needs a machine, a room and a doctor at the same time has all of them or none.</summary>
public sealed class SeveralResourcesTests
{
    private static readonly string[][] Kinds = [["mri", "surgeon"], ["mri", "room", "surgeon"]];

    [TestCaseSource(nameof(Kinds))]
    public async Task Two_hundred_clients_on_two_starts_have_one_winner_each_whole(params string[] kinds)
    {
        var market = await Market.OpenAsync(kinds);
        DateTimeOffset[] starts = [Market.At(6, "10:00"), Market.At(6, "10:30")]; // they overlap: one of them only
        var before = await DeadlocksAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Market.NewGuest().TryHoldAsync(market, starts[i % 2])));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(1), () => string.Join(' ', replies.Select(x => x.Slug).Distinct()));
        Assert.That(replies.Count(reply => reply.Slug == "time-taken"), Is.EqualTo(199));
        Assert.That(await TakenAsync(market), Is.EqualTo((kinds.Length, 1)), "every kind, of one hold");
        Assert.That(await DeadlocksAsync(), Is.EqualTo(before));
    }

    /// <summary>Ten people want each of twenty starts, and each start takes a machine and a surgeon.</summary>
    [Test]
    public async Task Two_hundred_clients_on_twenty_starts_of_two_resources_have_twenty_winners()
    {
        var market = await Market.OpenAsync(["mri", "surgeon"]);
        string[] hours = ["10:00", "11:00", "12:00", "14:00", "15:00"];
        DateTimeOffset[] starts = [.. Enumerable.Range(6, 4).SelectMany(day => hours.Select(hour => Market.At(day, hour)))];
        var before = await DeadlocksAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => (Start: i % 20, Reply: await Market.NewGuest().TryHoldAsync(market, starts[i % 20]))));
        Assert.That(
            replies.GroupBy(x => x.Start).Select(x => x.Count(y => y.Reply.Status == HttpStatusCode.Created)), Is.EqualTo(Enumerable.Repeat(1, 20)),
            () => string.Join(' ', replies.Select(x => x.Reply.Slug).Distinct()));
        Assert.That(replies.Count(x => x.Reply.Slug == "time-taken"), Is.EqualTo(180));
        Assert.That(await TakenAsync(market), Is.EqualTo((40, 20)), "both kinds, of twenty holds");
        Assert.That(await DeadlocksAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task With_several_units_of_each_kind_exactly_as_many_win_as_the_scarcest_allows()
    {
        var market = await Market.OpenAsync(["mri"], lanes: 5);
        await market.TellMachineAsync("room", 3);
        await market.TellMachineAsync("surgeon", 4);
        await market.TellOfferAsync(["mri", "room", "surgeon"], 2);
        var start = Market.At(7, "10:00");
        await TestKit.Eventually.That(async () => (await market.FreeAsync(start)).Contains(start), "The rooms and surgeons did not arrive.");
        await TestKit.Eventually.That(
            async () => await market.CountAsync("SELECT count(*) FROM offer_terms WHERE offer_id = $1 AND cardinality(resource_kinds) = 3", market.OfferId) == 1, "The offer did not arrive.");
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Market.NewGuest().TryHoldAsync(market, start)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(3), () => string.Join(' ', replies.Select(x => x.Slug).Distinct()));
        Assert.That(await TakenAsync(market), Is.EqualTo((9, 3)));
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM (SELECT hold_id FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE center_id = $1 GROUP BY hold_id HAVING count(DISTINCT kind) = 3) x", market.CenterId),
            Is.EqualTo(3));
    }

    [Test]
    public async Task A_refusal_names_the_kind_that_is_missing_and_who_stands_there()
    {
        var market = await Market.OpenAsync(["mri", "room", "surgeon"]);
        var start = Market.At(9);
        await Market.ScalarAsync(
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), id, $2, $2 + interval '20 minutes', 'blocked', 'Congress' FROM resources WHERE center_id = $1 AND kind = 'surgeon'
            """,
            market.CenterId, start);
        var reply = await Market.NewGuest().TryHoldAsync(market, start);
        var reasons = reply.Body.GetProperty("reasons").EnumerateArray().ToList();
        Assert.That(reply.Slug, Is.EqualTo("time-taken"));
        Assert.That(reasons.Select(x => (x.GetProperty("code").GetString(), x.GetProperty("kind").GetString(), x.GetProperty("resource").GetString(), x.GetProperty("reason").GetString())),
            Is.EqualTo(new[] { ("blocked", "surgeon", "SURGEON", "Congress") }), "the machine and the room are free and not blamed");

        await market.TellMachineAsync("room", 1, status: "closed", version: 2);
        await TestKit.Eventually.That(
            async () => await market.CountAsync("SELECT count(*) FROM resources WHERE center_id = $1 AND kind = 'room' AND status = 'closed'", market.CenterId) == 1, "The room did not close.");
        var closed = await Market.NewGuest().TryHoldAsync(market, start);
        Assert.That(closed.Body.GetProperty("reasons").EnumerateArray().Select(x => (x.GetProperty("code").GetString(), x.GetProperty("kind").GetString())),
            Does.Contain(("resource-closed", "room")), closed.Body.ToString());
    }

    [Test]
    public async Task A_confirmed_visit_has_its_machine_first_and_all_its_resources_in_one_session()
    {
        var market = await Market.OpenAsync(["mri", "room", "surgeon"]);
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(8));
        await Steps.PayAsync(booking);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        Assert.That(
            await Market.ScalarAsync(
                "SELECT string_agg(r.kind, ' ' ORDER BY u.n) FROM sessions s CROSS JOIN unnest(s.resource_ids) WITH ORDINALITY AS u(id, n) JOIN resources r ON r.id = u.id WHERE s.booking_id = $1", booking.Id),
            Is.EqualTo("mri room surgeon"));
        Assert.That(await market.CountAsync("SELECT count(*) FROM allocations WHERE session_id = $1 AND state = 'booked'", booking.Id), Is.EqualTo(3));
    }

    private static async Task<(int Allocations, int Holds)> TakenAsync(Market market) => (
        (int)await market.CountAsync("SELECT count(*) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE center_id = $1", market.CenterId),
        (int)await market.CountAsync("SELECT count(DISTINCT hold_id) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE center_id = $1", market.CenterId));

    private static async Task<long> DeadlocksAsync() =>
        (long)(await Market.ScalarAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))!;
}
