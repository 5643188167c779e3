using System.Globalization;
using System.Net;
using MedTourism.Booking.Tests.Waitlist;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Tracers;

public sealed class TracerTests
{
    private const int Days = 8;

    [Test]
    public async Task A_center_without_batches_sells_as_before_and_one_with_sells_only_what_a_batch_serves()
    {
        var market = await PetAsync();
        var start = Market.At(Days, "11:00");
        Assert.That(await market.FreeAsync(start), Does.Contain(start).And.Contain(Market.At(Days, "16:00")));
        var batch = await EnterAsync(market, "09:30", doses: 50, usableHours: 4);
        Assert.That(batch.Status, Is.EqualTo(HttpStatusCode.Created), batch.Body.ToString());

        // There at 09:30 and good until 13:30, injected an hour before: starts from 10:30 to 14:30.
        var free = await market.FreeAsync(start);
        Assert.That((free[0], free[^1]), Is.EqualTo((Market.At(Days, "10:30"), Market.At(Days, "14:30"))));
        Assert.That(await market.FreeAsync(Market.At(Days + 1)), Is.Empty, "no batch that day");
        var early = await Market.NewGuest().TryHoldAsync(market, Market.At(Days, "10:00"));
        Assert.That((early.Status, early.Slug), Is.EqualTo((HttpStatusCode.Conflict, "no-tracer")), early.Body.ToString());
        Assert.That(early.Body.GetProperty("tracer").GetProperty("reason").GetString(), Is.EqualTo("no-batch"));
        var alternatives = early.Body.GetProperty("alternatives").EnumerateArray().Select(x => x.GetProperty("start").GetDateTimeOffset().ToUniversalTime());
        Assert.That(alternatives, Is.EqualTo(new[] { Market.At(Days, "10:30"), Market.At(Days, "11:00"), Market.At(Days, "11:30") }));
        Assert.That(await market.CountAsync("SELECT count(*) FROM holds WHERE center_id = $1", market.CenterId), Is.Zero);

        await Market.NewGuest().HoldAsync(market, start);
        Assert.That(await DosesAsync(market), Is.EqualTo(1));
        await Steps.HeardAsync<AvailabilityChanged>(x => x.CenterId == market.CenterId);
    }

    [Test]
    public async Task The_last_dose_of_a_batch_has_one_taker_however_many_machines_are_free()
    {
        var market = await PetAsync(lanes: 6);
        await EnterAsync(market, "09:00", doses: 2); // at injection for the 10:00 start
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Market.NewGuest().TryHoldAsync(market, Market.At(Days, "10:00"))));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(2), () => string.Join(' ', replies.Select(x => x.Slug).Distinct()));
        Assert.That(replies.Count(reply => reply.Slug is "no-tracer" or "time-taken"), Is.EqualTo(38));
        Assert.That((await DosesAsync(market), await market.AllocationsAsync(Market.At(Days, "10:00"))), Is.EqualTo((2, 2)));
        var spent = await Market.NewGuest().TryHoldAsync(market, Market.At(Days, "10:00"));
        Assert.That(spent.Body.GetProperty("tracer").GetProperty("reason").GetString(), Is.EqualTo("batch-spent"));
        Assert.That(spent.Body.GetProperty("tracer").GetProperty("leftMbq").GetDouble(), Is.EqualTo(0).Within(0.1));
    }

    [Test]
    public async Task Two_different_starts_that_need_the_same_last_dose_have_one_winner()
    {
        var market = await PetAsync();
        await EnterAsync(market, "09:00", doses: 1.5);
        var both = await Task.WhenAll(
            Market.NewGuest().TryHoldAsync(market, Market.At(Days, "10:00")), Market.NewGuest().TryHoldAsync(market, Market.At(Days, "11:00")));
        Assert.That(both.Select(reply => reply.Slug), Is.EquivalentTo(new[] { string.Empty, "no-tracer" }));
        Assert.That(await DosesAsync(market), Is.EqualTo(1));
    }

    [Test]
    public async Task A_dose_is_free_again_when_its_hold_lapses_is_released_or_its_booking_is_cancelled()
    {
        var market = await PetAsync();
        await EnterAsync(market, "09:00", doses: 1);
        var start = Market.At(Days, "10:00");
        var lapsed = await Market.NewGuest().HoldAsync(market, start);
        Assert.That((await Market.NewGuest().TryHoldAsync(market, Market.At(Days, "10:30"))).Slug, Is.EqualTo("time-taken").Or.EqualTo("no-tracer"));
        await Market.LapseAsync(lapsed.Id);
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
        var guest = Market.NewGuest();
        var released = await guest.HoldAsync(market, start);
        await guest.SendAsync(HttpMethod.Delete, $"/holds/{released.Id}", key: released.Key);
        Assert.That(await DosesAsync(market), Is.Zero);

        var booking = await guest.BookAsync(market, start);
        await Steps.PayAsync(booking);
        Assert.That(await DosesAsync(market), Is.EqualTo(1), "paid and still bound");
        Assert.That(await market.FreeAsync(start), Is.Empty);
        var quote = await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/cancellation", key: booking.Hold.Key);
        await guest.CancelAsync(booking, quote.Body.GetProperty("refund").GetProperty("amountMinor").GetInt64());
        Assert.That(await DosesAsync(market), Is.Zero);
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
    }

    [Test]
    public async Task Money_that_comes_after_the_dose_is_gone_goes_back()
    {
        var market = await PetAsync(lanes: 2);
        await EnterAsync(market, "09:00", doses: 1);
        var guest = Market.NewGuest();
        var late = await guest.BookAsync(market, Market.At(Days, "10:00"));
        await Market.LapseAsync(late.Hold.Id);
        await Market.NewGuest().HoldAsync(market, Market.At(Days, "10:00"));
        await Steps.PayAsync(late);
        Assert.That(await guest.StateAsync(late), Is.EqualTo("refunding"));
        Assert.That(await DosesAsync(market), Is.EqualTo(1));
    }

    [Test]
    public async Task A_second_delivery_serves_the_afternoon_and_a_batch_in_use_is_not_taken_back()
    {
        var market = await PetAsync(lanes: 2);
        var morning = await EnterAsync(market, "08:00", doses: 1, usableHours: 3);
        var noon = await EnterAsync(market, "12:00", doses: 3);
        await Market.NewGuest().HoldAsync(market, Market.At(Days, "09:00"));
        Assert.That((await Market.NewGuest().TryHoldAsync(market, Market.At(Days, "09:30"))).Slug, Is.EqualTo("no-tracer"));
        var afternoon = await Market.NewGuest().HoldAsync(market, Market.At(Days, "13:00"));
        Assert.That(
            await Market.ScalarAsync("SELECT d.batch_id FROM tracer_doses d JOIN allocations a ON a.id = d.allocation_id WHERE a.hold_id = $1", afternoon.Id), Is.EqualTo(noon.Id("id")));
        var list = await Market.NewGuest().SendAsync(HttpMethod.Get, "/clinic/batches", token: Token(market));
        Assert.That(list.Body.EnumerateArray().Select(x => x.GetProperty("doses").GetInt32()), Is.EqualTo(new[] { 1, 1 }));

        var kept = await Market.NewGuest().SendAsync(HttpMethod.Delete, $"/clinic/batches/{morning.Id("id")}", token: Token(market));
        Assert.That(kept.Slug, Is.EqualTo("batch-in-use"));
        var spare = await EnterAsync(market, "15:00", doses: 3);
        Assert.That((int)(await Market.NewGuest().SendAsync(HttpMethod.Delete, $"/clinic/batches/{spare.Id("id")}", token: Token(market))).Status, Is.EqualTo(204));
        var other = await PetAsync();
        Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Delete, $"/clinic/batches/{noon.Id("id")}", token: Token(other))).Slug, Is.EqualTo("batch-unknown"));
        Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Get, "/clinic/batches", token: Token(other))).Body.GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task A_booking_that_moves_takes_its_dose_along_and_moves_only_where_a_batch_serves_it()
    {
        var market = await PetAsync();
        await EnterAsync(market, "09:00", doses: 1.1);
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(Days, "10:00"));
        await Steps.PayAsync(booking);
        var later = await MoveAsync(guest, booking, Market.At(Days, "11:30"));
        Assert.That((later.Slug, later.Body.GetProperty("tracer").GetProperty("reason").GetString()), Is.EqualTo(("no-tracer", "batch-spent")), "what is left then is no dose any more");
        var moved = await MoveAsync(guest, booking, Market.At(Days, "10:30"));
        Assert.That(moved.Body.GetProperty("tracer").GetProperty("leftMbq").GetDouble(), Is.EqualTo(227.5).Within(0.1), "275 MBq half an hour later; its own dose is not counted");
        Assert.That(await DosesAsync(market), Is.EqualTo(1));
        await EnterAsync(market, "13:00", doses: 1);
        var noon = await MoveAsync(guest, booking, Market.At(Days, "14:00"));
        Assert.That(noon.Status, Is.EqualTo(HttpStatusCode.OK), noon.Body.ToString());
        Assert.That(await DosesAsync(market), Is.EqualTo(1));
        Assert.That(await market.FreeAsync(Market.At(Days)), Does.Contain(Market.At(Days, "10:00")).And.Not.Contain(Market.At(Days, "14:00")));
    }

    [Test]
    public async Task Who_waits_for_a_scan_is_offered_only_what_has_a_tracer()
    {
        var market = await PetAsync(lanes: 1);
        await EnterAsync(market, "09:00", doses: 1);
        var (guest, start) = (Market.NewGuest(), Market.At(Days, "10:00"));
        var hold = await guest.HoldAsync(market, start);
        var entry = await Waiting.JoinAsync(market, start);
        await guest.SendAsync(HttpMethod.Delete, $"/holds/{hold.Id}", key: hold.Key);
        Assert.That((await entry.OfferAsync())!.Start, Is.EqualTo(start), "the hour whose dose is free again, and no other");
        Assert.That(await DosesAsync(market), Is.EqualTo(1));
    }

    [Test]
    public async Task A_center_is_told_which_of_its_examinations_can_be_bound_to_deliveries_and_which_are()
    {
        var market = await PetAsync();
        Assert.That(await BoundAsync(market), Is.EqualTo(new[] { ("pet-fdg", false) }));
        await EnterAsync(market, "09:00", doses: 3);
        Assert.That(await BoundAsync(market), Is.EqualTo(new[] { ("pet-fdg", true) }));
        Assert.That(await BoundAsync(await Market.OpenAsync()), Is.Empty, "no line that uses tracers");

        static async Task<IEnumerable<(string?, bool)>> BoundAsync(Market market) =>
            (await Market.NewGuest().SendAsync(HttpMethod.Get, "/clinic/batches/treatments", token: Token(market))).Body.EnumerateArray()
                .Select(x => (x.GetProperty("procedureId").GetString(), x.GetProperty("bound").GetBoolean()));
    }

    [Test]
    public async Task Wrong_numbers_are_named()
    {
        var market = await PetAsync();
        var now = Market.Now;
        var reply = await Market.NewGuest().SendAsync(
            HttpMethod.Post, "/clinic/batches",
            new { procedureIds = Array.Empty<string>(), radionuclide = "I-131", deliveredAt = now, usableUntil = now, calibratedAt = now, activityMbq = 0, doseMbq = -1, uptakeMinutes = 999 },
            token: Token(market));
        Assert.That(reply.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name),
            Is.EquivalentTo(new[] { "procedureIds", "radionuclide", "usableUntil", "activityMbq", "doseMbq", "uptakeMinutes" }));
        var reader = Running.App.Tokens.For(sub: "d", org: Guid.NewGuid(), orgKind: "clinic", orgRef: market.CenterId, roles: ["doctor"]);
        Assert.That((int)(await Market.NewGuest().SendAsync(HttpMethod.Post, "/clinic/batches", new { }, token: reader)).Status, Is.EqualTo(403));
    }

    private static Task<Reply> MoveAsync(Guest guest, Placed booking, DateTimeOffset start) =>
        guest.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/reschedule", new { start, expectedDifferenceMinor = 0 }, booking.Hold.Key);

    private static Task<Market> PetAsync(int lanes = 2) =>
        Market.OpenAsync(kinds: ["pet-ct"], lanes: lanes, minutes: 45, procedure: "pet-fdg", line: "nuclear");

    private static string Token(Market market) =>
        Running.App.Tokens.For(sub: $"scheduler-{market.CenterId}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: market.CenterId, roles: ["scheduler"]);

    /// <summary>So many doses of 250 MBq if all were injected at delivery; injected an hour before the scan.</summary>
    private static Task<Reply> EnterAsync(Market market, string time, double doses, double usableHours = 8)
    {
        var at = Market.At(Days, time);
        return Market.NewGuest().SendAsync(
            HttpMethod.Post, "/clinic/batches",
            new { procedureIds = new[] { "pet-fdg" }, radionuclide = "F-18", deliveredAt = at, usableUntil = at.AddHours(usableHours), calibratedAt = at, activityMbq = 250 * doses, doseMbq = 250, uptakeMinutes = 60 },
            token: Token(market));
    }

    private static async Task<int> DosesAsync(Market market) => Convert.ToInt32(
        await Market.ScalarAsync("SELECT count(*) FROM tracer_doses d JOIN tracer_batches b ON b.id = d.batch_id WHERE b.center_id = $1", market.CenterId), CultureInfo.InvariantCulture);
}
