using System.Net;
using System.Net.Http.Json;
using System.Text;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;

namespace MedTourism.Booking.Tests.Holds;

public sealed class PlaceHoldTests
{
    private static readonly string[] Both = ["mri", "surgeon"];
    private static readonly string[] Swapped = ["surgeon", "mri"];

    [Test]
    public async Task A_hold_takes_the_time_tells_its_key_once_and_says_so_on_the_bus()
    {
        var market = await Market.OpenAsync();
        var start = Market.At(5);
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
        var reply = await Market.NewGuest().TryHoldAsync(market, start);
        Assert.Multiple(() =>
        {
            Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(reply.Time("expiresAt") - reply.Time("serverNow"), Is.EqualTo(TimeSpan.FromMinutes(15)).Within(TimeSpan.FromSeconds(1)));
            Assert.That(reply.Time("end") - reply.Time("start"), Is.EqualTo(TimeSpan.FromMinutes(60)));
            Assert.That(reply.Body.GetProperty("depositDue").GetProperty("amountMinor").GetInt64(), Is.EqualTo(Market.Deposit));
            Assert.That(reply.Text("timeZone"), Is.EqualTo(Market.Zone));
            Assert.That(reply.Body.GetProperty("extensionsLeft").GetInt32(), Is.EqualTo(10));
        });
        Assert.That(await market.FreeAsync(start), Does.Not.Contain(start).And.Contain(start.AddHours(1)));
        var shown = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/holds/{reply.Id("holdId")}", key: reply.Text("accessKey"));
        Assert.That(shown.Body.GetProperty("accessKey").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        var heard = await Steps.HeardAsync<HoldPlaced>(x => x.HoldId == reply.Id("holdId"));
        Assert.That((heard.Start, heard.CenterId, heard.Fence), Is.EqualTo((start, market.CenterId, 1)));
    }

    [Test]
    public async Task Two_hundred_clients_on_one_start_have_exactly_one_winner_and_no_deadlock()
    {
        var market = await Market.OpenAsync();
        var start = Market.At(6);
        var before = await DeadlocksAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Market.NewGuest().TryHoldAsync(market, start)));
        var losers = replies.Where(reply => reply.Status == HttpStatusCode.Conflict).ToList();
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(losers, Has.Count.EqualTo(199), () => string.Join(' ', replies.Select(reply => (int)reply.Status).Distinct()));
        Assert.That(losers.Select(reply => reply.Slug).Distinct(), Is.EqualTo(new[] { "time-taken" }));
        Assert.That(await market.AllocationsAsync(start), Is.EqualTo(1));
        Assert.That(await DeadlocksAsync(), Is.EqualTo(before));

        // Every loser is told three starts that can really be had, none of them over the winner's hour.
        var free = await market.FreeAsync(start);
        foreach (var loser in losers)
        {
            var alternatives = loser.Body.GetProperty("alternatives").EnumerateArray().Select(x => x.GetProperty("start").GetDateTimeOffset().ToUniversalTime()).ToList();
            Assert.That(alternatives, Has.Count.EqualTo(3).And.Ordered);
            Assert.That(alternatives, Is.SubsetOf(free));
        }
    }

    [Test]
    public async Task Two_lanes_give_the_same_start_to_exactly_two()
    {
        var market = await Market.OpenAsync(lanes: 2);
        var start = Market.At(6, "11:00");
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Market.NewGuest().TryHoldAsync(market, start)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(2));
        Assert.That(replies.Count(reply => reply.Slug == "time-taken"), Is.EqualTo(38));
    }

    [Test]
    public async Task Two_replicas_that_are_asked_at_once_give_two_lanes_to_exactly_two()
    {
        await using var replica = await ServiceUnderTest<Program>.StartAsync(
            "booking", new Dictionary<string, string?> { ["Booking:SecretKey"] = Running.SecretKey, ["Limits:holds"] = "1000000" }, Running.App.ConnectionString, Running.App.BrokerUri);
        var market = await Market.OpenAsync(lanes: 2);
        var start = Market.At(6, "12:00");
        var before = await DeadlocksAsync();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 60).Select(async n =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/holds") { Content = JsonContent.Create(new { offerId = market.OfferId, start }) };
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            request.Headers.Add("X-Forwarded-For", $"10.200.0.{n}");
            using var answer = await (n % 2 == 0 ? replica : Running.App).Client.SendAsync(request);
            return answer.StatusCode;
        }));
        Assert.That(statuses.Count(status => status == HttpStatusCode.Created), Is.EqualTo(2));
        Assert.That(statuses.Count(status => status == HttpStatusCode.Conflict), Is.EqualTo(58));
        Assert.That(await market.AllocationsAsync(start), Is.EqualTo(2));
        Assert.That(await DeadlocksAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Who_sends_a_hold_again_in_the_middle_of_a_rush_is_told_what_they_were_told_first()
    {
        var market = await Market.OpenAsync();
        var (guest, key, start) = (Market.NewGuest(), Guid.NewGuid().ToString(), Market.At(7));
        var first = await guest.TryHoldAsync(market, start, key);
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => n % 4 == 0 ? guest.TryHoldAsync(market, start, key) : Market.NewGuest().TryHoldAsync(market, start)));
        var again = replies.Where((_, n) => n % 4 == 0).ToList();
        Assert.That(again.Select(reply => reply.Body.ToString()).Distinct(), Is.EqualTo(new[] { first.Body.ToString() }));
        Assert.That(again.Select(reply => reply.Headers.Contains("Idempotent-Replayed")), Is.All.True);
        Assert.That(replies.Where((_, n) => n % 4 != 0).Select(reply => reply.Slug).Distinct(), Is.EqualTo(new[] { "time-taken" }));
        Assert.That(await market.AllocationsAsync(start), Is.EqualTo(1));
    }

    [Test]
    public async Task A_hold_without_an_idempotency_key_is_refused()
    {
        using var content = JsonContent.Create(new { offerId = Guid.NewGuid(), start = Market.At(5) });
        using var answer = await Running.App.Client.PostAsync(new Uri("/holds", UriKind.Relative), content);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("idempotency-key-missing"));
    }

    [TestCase("0001-01-01T00:00:00Z")]
    [TestCase("9999-12-31T23:59:59Z")]
    public async Task A_start_at_the_end_of_the_calendar_is_refused_like_any_other(string start)
    {
        var market = await Market.OpenAsync();
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Post, "/holds", new { offerId = market.OfferId, start });
        Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "start-not-offered")));
    }

    [Test]
    public async Task Two_resources_wanted_in_opposite_orders_never_deadlock_and_never_stay_half_taken()
    {
        var market = await Market.OpenAsync(Both);
        var other = new OfferPublished(
            Guid.CreateVersion7(), 1, "x", new() { ["en"] = "X" }, "diagnostics", market.CenterId, new() { ["en"] = "C" }, "almaty", Market.Zone, "instant", 60,
            Swapped, 1000, 100, "KZT", [], [], true, Market.Now);
        await Steps.DeliverAsync(other);
        var starts = Enumerable.Range(0, 4).Select(i => Market.At(8, $"{9 + (2 * i)}:00")).ToList();
        var before = await DeadlocksAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 160).Select(i => Market.NewGuest().SendAsync(
            HttpMethod.Post, "/holds", new { offerId = i % 2 == 0 ? market.OfferId : other.OfferId, start = starts[i % 8 / 2] })));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(4));
        Assert.That(replies.Count(reply => reply.Slug == "time-taken"), Is.EqualTo(156));
        Assert.That(await DeadlocksAsync(), Is.EqualTo(before));
        foreach (var start in starts)
        {
            Assert.That(await market.AllocationsAsync(start), Is.EqualTo(2), "both of one holder");
            Assert.That(
                await market.CountAsync("SELECT count(DISTINCT hold_id) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE center_id = $1 AND starts_at = $2", market.CenterId, start),
                Is.EqualTo(1));
        }
    }

    [Test]
    public async Task If_one_of_two_resources_is_taken_the_other_stays_free()
    {
        var market = await Market.OpenAsync(Both);
        var start = Market.At(9);
        await Market.ScalarAsync(
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), id, $2, $2 + interval '10 minutes', 'blocked', 'service' FROM resources WHERE center_id = $1 AND kind = 'surgeon'
            """,
            market.CenterId, start.AddMinutes(50));
        var reply = await Market.NewGuest().TryHoldAsync(market, start);
        Assert.That(reply.Slug, Is.EqualTo("time-taken"));
        Assert.That(await market.AllocationsAsync(start), Is.Zero);
        Assert.That(await market.CountAsync("SELECT count(*) FROM holds WHERE center_id = $1", market.CenterId), Is.Zero);
    }

    [Test]
    public async Task An_expired_hold_frees_its_time_before_any_sweep()
    {
        var market = await Market.OpenAsync();
        var start = Market.At(4);
        var first = await Market.NewGuest().HoldAsync(market, start);
        Assert.That((await Market.NewGuest().TryHoldAsync(market, start)).Slug, Is.EqualTo("time-taken"));
        await Market.LapseAsync(first.Id);
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
        var second = await Market.NewGuest().HoldAsync(market, start.AddMinutes(30)); // overlaps half of it
        Assert.That(await market.AllocationsAsync(start), Is.Zero);
        Assert.That(second.Id, Is.Not.EqualTo(first.Id));
    }

    [TestCase(-7, "10:00")]
    [TestCase(400, "10:00")]
    [TestCase(5, "07:30")]
    [TestCase(5, "17:30")]
    [TestCase(5, "10:10")]
    public async Task A_start_that_is_past_closed_or_off_the_grid_is_refused_with_alternatives(int days, string time)
    {
        var market = await Market.OpenAsync();
        var reply = await Market.NewGuest().TryHoldAsync(market, Market.At(days, time));
        Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "start-not-offered")));
        Assert.That(reply.Body.GetProperty("alternatives").GetArrayLength(), days > 300 ? Is.LessThanOrEqualTo(3) : Is.EqualTo(3));
    }

    [Test]
    public async Task A_weekend_a_holiday_a_closed_machine_and_a_withdrawn_offer_cannot_be_held()
    {
        var market = await Market.OpenAsync();
        var day = Market.At(30);
        var saturday = day.AddDays(6 - (int)day.DayOfWeek);
        Assert.That((await Market.NewGuest().TryHoldAsync(market, saturday)).Slug, Is.EqualTo("start-not-offered"));

        var holiday = Market.At(40);
        Assert.That(await market.FreeAsync(holiday), Is.Not.Empty);
        await Steps.DeliverAsync(new PublicHolidayDeclared("KZ", DateOnly.FromDateTime(holiday.UtcDateTime), "A day off", true, "test"));
        Assert.That((await Market.NewGuest().TryHoldAsync(market, holiday)).Slug, Is.EqualTo("start-not-offered"));
        Assert.That(await market.FreeAsync(holiday), Is.Empty);
        await Market.ScalarAsync("DELETE FROM public_holidays");

        await Steps.DeliverAsync(new EquipmentStatusChanged($"{market.CenterId}-mri", 2, market.CenterId, "almaty", Market.Zone, "mri", "MRI", "closed", 1, 30, true, Market.Now));
        Assert.That((await Market.NewGuest().TryHoldAsync(market, day)).Slug, Is.EqualTo("start-not-offered"));

        await Steps.DeliverAsync(new OfferWithdrawn(market.OfferId, 1, Market.Now));
        Assert.That((await Market.NewGuest().TryHoldAsync(market, day)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task An_unknown_offer_is_not_found_and_one_by_review_is_not_held_online()
    {
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Post, "/holds", new { offerId = Guid.NewGuid(), start = Market.At(5) });
        Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.NotFound, "offer-unknown")));
        var market = await Market.OpenAsync(mode: "case-review");
        Assert.That((await Market.NewGuest().TryHoldAsync(market, Market.At(5))).Slug, Is.EqualTo("not-bookable-online"));
    }

    [TestCase("{ not json")]
    [TestCase("{ \"offerId\": 5 }")]
    [TestCase("{ \"offerId\": \"0193\", \"start\": \"tomorrow\" }")]
    [TestCase("[]")]
    public async Task Wrong_json_is_a_problem_of_its_own(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Post, "/holds", content: content);
        Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.BadRequest, "malformed-request")));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var content = new StringContent($"{{\"offerId\":\"{new string('x', 300_000)}\"}}", Encoding.UTF8, "application/json");
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Post, "/holds", content: content);
        Assert.That((reply.Status, reply.Slug), Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, "body-too-large")));
    }

    [Test]
    public async Task The_same_request_twice_is_one_hold_and_the_same_key_for_another_is_refused()
    {
        var market = await Market.OpenAsync();
        var (guest, key, start) = (Market.NewGuest(), Guid.NewGuid().ToString(), Market.At(5));
        var twice = await Task.WhenAll(guest.TryHoldAsync(market, start, key), guest.TryHoldAsync(market, start, key));
        Assert.That(twice.Select(reply => reply.Status), Is.All.EqualTo(HttpStatusCode.Created));
        Assert.That(twice[0].Body.ToString(), Is.EqualTo(twice[1].Body.ToString()));
        Assert.That(await market.AllocationsAsync(start), Is.EqualTo(1));
        var other = await guest.TryHoldAsync(market, start.AddHours(2), key);
        Assert.That((other.Status, other.Slug), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "idempotency-key-reused")));
    }

    [Test]
    public async Task A_caller_has_three_live_holds_at_most_however_fast_they_ask()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => guest.TryHoldAsync(market, Market.At(10 + (i * 7)))));
        var won = replies.Where(reply => reply.Status == HttpStatusCode.Created).ToList();
        Assert.That(won, Has.Count.EqualTo(3));
        Assert.That(replies.Count(reply => (reply.Status, reply.Slug) == (HttpStatusCode.TooManyRequests, "too-many-holds")), Is.EqualTo(5));

        await guest.SendAsync(HttpMethod.Delete, $"/holds/{won[0].Id("holdId")}", key: won[0].Text("accessKey"));
        await Market.LapseAsync(won[1].Id("holdId"));
        await guest.HoldAsync(market, Market.At(80));
        await guest.HoldAsync(market, Market.At(90));
        Assert.That((await guest.TryHoldAsync(market, Market.At(100))).Slug, Is.EqualTo("too-many-holds"));
        Assert.That(await market.CountAsync("SELECT count(*) FROM holds WHERE center_id = $1 AND state <> 'held' AND holder IS NOT NULL", market.CenterId), Is.Zero);
    }

    private static async Task<long> DeadlocksAsync() =>
        (long)(await Market.ScalarAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))!;
}
