using System.Net;
using System.Text.Json;
using MedTourism.Booking.Tests.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Tests.Reschedules;

public sealed class RescheduleTests
{
    private static readonly string[] Both = ["mri", "surgeon"];

    [Test]
    public async Task A_visit_moves_in_one_step_and_everyone_is_told()
    {
        var market = await Market.OpenAsync(Both);
        var (guest, from, to) = (Market.NewGuest(), Market.At(10), Market.At(12, "14:00"));
        var booking = await PaidAsync(guest, market, from);
        var shown = await ShowAsync(guest, booking);
        Assert.That((shown.Body.GetProperty("allowed").GetBoolean(), shown.Time("until"), shown.Body.GetProperty("movesLeft").GetInt32()), Is.EqualTo((true, from.AddHours(-72), 3)));
        Assert.That(shown.Body.GetProperty("differenceMinor").GetInt64(), Is.Zero);
        Assert.That(await OptionsAsync(guest, booking, to), Does.Contain(to));

        var moved = await MoveAsync(guest, booking, to);
        Assert.That((moved.Status, moved.Time("start"), moved.Time("end")), Is.EqualTo((HttpStatusCode.OK, to, to.AddHours(1))), moved.Body.ToString());
        Assert.That(await market.FreeAsync(from), Does.Contain(from));
        Assert.That(await market.FreeAsync(to), Does.Not.Contain(to));
        Assert.That((await market.AllocationsAsync(from), await market.AllocationsAsync(to)), Is.EqualTo((0, 2)));
        Assert.That(
            await market.CountAsync(
                "SELECT count(*) FROM allocations a JOIN sessions s ON s.id = a.session_id WHERE s.booking_id = $1 AND a.starts_at = s.starts_at AND a.resource_id = ANY(s.resource_ids)",
                booking.Id),
            Is.EqualTo(2));
        var told = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == booking.Id);
        var confirmed = await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That((told.Start, told.Reason, told.Reference), Is.EqualTo((to, "patient", booking.Reference)));
        Assert.That(told.Sequence, Is.GreaterThan(confirmed.Sequence));
        Assert.That((told.Moved.Single().OldStart, told.Moved.Single().NewStart), Is.EqualTo((from, to)));
        Assert.That((told.Sessions.Single().SessionId, told.Sessions.Single().Sequence), Is.EqualTo((confirmed.Sessions!.Single().SessionId, confirmed.Sessions!.Single().Sequence + 1)));

        // What is cancelled now is the new time.
        Assert.That((await guest.CancelAsync(booking, Market.Deposit)).Text("state"), Is.EqualTo("cancelled"));
        Assert.That(await market.FreeAsync(to), Does.Contain(to));
    }

    [Test]
    public async Task A_visit_moves_by_half_its_length_over_its_own_time()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await PaidAsync(guest, market, Market.At(10));
        Assert.That(await OptionsAsync(guest, booking, Market.At(10)), Does.Contain(Market.At(10, "10:30")).And.Not.Contain(Market.At(10)));
        Assert.That((await MoveAsync(guest, booking, Market.At(10, "10:30"))).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await market.FreeAsync(Market.At(10)), Does.Contain(Market.At(10, "09:30")).And.Not.Contain(Market.At(10, "10:00")));
    }

    [Test]
    public async Task The_same_machine_is_kept_if_it_is_free_and_otherwise_another_lane_is_found()
    {
        var market = await Market.OpenAsync(lanes: 2);
        var (guest, day) = (Market.NewGuest(), Market.At(11));
        var booking = await PaidAsync(guest, market, Market.At(10));
        async Task<Guid> MachineAsync() => (Guid)(await Market.ScalarAsync("SELECT resource_id FROM allocations WHERE booking_id = $1", booking.Id))!;
        var machine = await MachineAsync();
        await MoveAsync(guest, booking, day);
        Assert.That(await MachineAsync(), Is.EqualTo(machine));
        await Market.ScalarAsync(
            "INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason) SELECT gen_random_uuid(), $1, $2, $2 + interval '1 hour', 'blocked', 'Service'", machine, day.AddHours(3));
        Assert.That((await MoveAsync(guest, booking, day.AddHours(3))).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await MachineAsync(), Is.Not.EqualTo(machine));
    }

    [Test]
    public async Task A_refused_move_leaves_the_booking_as_it_was_and_says_why()
    {
        var market = await Market.OpenAsync();
        var (guest, from, taken) = (Market.NewGuest(), Market.At(10), Market.At(11));
        var booking = await PaidAsync(guest, market, from);
        await Market.NewGuest().HoldAsync(market, taken);
        var refused = await MoveAsync(guest, booking, taken);
        Assert.That((refused.Status, refused.Slug), Is.EqualTo((HttpStatusCode.Conflict, "time-taken")));
        Assert.That(refused.Body.GetProperty("reasons")[0].GetProperty("code").GetString(), Is.EqualTo("held"));
        Assert.That(refused.Body.GetProperty("alternatives").GetArrayLength(), Is.EqualTo(3));
        var night = await MoveAsync(guest, booking, Market.At(11, "03:00"));
        Assert.That((night.Slug, night.Body.GetProperty("reasons")[0].GetProperty("code").GetString()), Is.EqualTo(("start-not-offered", "closed-hours")));
        Assert.That((await MoveAsync(guest, booking, from)).Slug, Is.EqualTo("invalid-fields"));
        Assert.That((await MoveAsync(guest, booking, Market.At(12), difference: 1)).Slug, Is.EqualTo("quote-changed"));
        Assert.That((await MoveAsync(guest, booking, Market.At(12), sequence: 0)).Slug, Is.EqualTo("booking-changed"));
        Assert.That((await MoveAsync(guest, booking, Market.At(12), key: "guess")).Slug, Is.EqualTo("booking-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/reschedule", new { start = Market.At(12), expectedDifferenceMinor = 0 }, token: Waiting.Clinic(market))).Slug, Is.EqualTo("booking-unknown"));
        Assert.That(await market.AllocationsAsync(from), Is.EqualTo(1));
        Assert.That((await guest.ShowAsync(booking)).Time("start"), Is.EqualTo(from));
    }

    [Test]
    public async Task Too_late_too_often_unpaid_or_no_longer_sold_is_told_with_its_limit()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var unpaid = await guest.BookAsync(market, Market.At(9));
        Assert.That(await WhyAsync(unpaid), Is.EqualTo("not-confirmed"));
        var booking = await PaidAsync(guest, market, Market.At(10));
        for (var i = 0; i < 3; i++)
        {
            Assert.That((await MoveAsync(guest, booking, Market.At(11 + i))).Status, Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That(await WhyAsync(booking), Is.EqualTo("too-many-moves"));
        var other = await PaidAsync(Market.NewGuest(), market, Market.At(10));
        await Market.ScalarAsync("UPDATE bookings SET starts_at = now() + interval '71 hours', ends_at = now() + interval '72 hours' WHERE id = $1", other.Id);
        Assert.That(await WhyAsync(other), Is.EqualTo("too-late"));
        var third = await PaidAsync(Market.NewGuest(), market, Market.At(14));
        await Steps.DeliverAsync(new OfferWithdrawn(market.OfferId, 1, Market.Now));
        Assert.That(await WhyAsync(third), Is.EqualTo("offer-not-sold"));

        async Task<string> WhyAsync(Placed placed)
        {
            var shown = await ShowAsync(guest, placed);
            Assert.That(shown.Body.GetProperty("allowed").GetBoolean(), Is.False);
            var refused = await MoveAsync(guest, placed, Market.At(20));
            Assert.That((refused.Status, refused.Slug), Is.EqualTo((HttpStatusCode.Conflict, "not-reschedulable")));
            Assert.That(refused.Body.GetProperty("reasons").ToString(), Is.EqualTo(shown.Body.GetProperty("reasons").ToString()));
            Assert.That((await guest.SendAsync(HttpMethod.Get, $"/bookings/{placed.Id}/reschedule/options", key: placed.Hold.Key)).Slug, Is.EqualTo("not-reschedulable"));
            return string.Join(' ', refused.Body.GetProperty("reasons").EnumerateArray().Select(x => x.GetProperty("code").GetString()));
        }
    }

    [Test]
    public async Task The_price_stays_whatever_the_offer_costs_today()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await PaidAsync(guest, market, Market.At(10));
        await Steps.DeliverAsync(new OfferPublished(
            market.OfferId, 2, "mri-head", new() { ["en"] = "MRI" }, "diagnostics", market.CenterId, new() { ["en"] = "C" }, "almaty", Market.Zone, "instant", 60,
            Market.OneMachine, 20 * Market.Deposit, Market.Deposit, "KZT", [new(72, 100)], [], true, Market.Now));
        var shown = await ShowAsync(guest, booking);
        Assert.That(Minor(shown.Body, "price"), Is.EqualTo(10 * Market.Deposit));
        Assert.That(Minor(shown.Body, "todayPrice"), Is.EqualTo(20 * Market.Deposit));
        var moved = await MoveAsync(guest, booking, Market.At(12));
        Assert.That(Minor(moved.Body, "price"), Is.EqualTo(10 * Market.Deposit));

        static long Minor(JsonElement body, string name) => body.GetProperty(name).GetProperty("amountMinor").GetInt64();
    }

    [Test]
    public async Task The_old_time_goes_to_who_waits_for_it()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, from) = (Market.NewGuest(), Waiting.Day(10));
        var booking = await PaidAsync(guest, market, from);
        var entry = await Waiting.JoinAsync(market, from);
        await MoveAsync(guest, booking, Waiting.Day(11));
        Assert.That((await entry.OfferAsync())?.Start, Is.EqualTo(from));
    }

    [Test]
    public async Task Of_two_moves_at_once_one_wins_and_the_other_is_told()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        for (var round = 0; round < 5; round++)
        {
            var booking = await PaidAsync(Market.NewGuest(), market, Market.At(10 + (20 * round)));
            var sequence = (await ShowAsync(guest, booking)).Body.GetProperty("sequence").GetInt32();
            var starts = Enumerable.Range(1, 6).Select(i => Market.At(10 + (20 * round) + i)).ToList();
            var replies = await Task.WhenAll(starts.Select(start => MoveAsync(guest, booking, start, sequence: sequence)));
            var won = replies.Single(x => x.Status == HttpStatusCode.OK);
            Assert.That(replies.Where(x => x != won).Select(x => x.Slug), Is.All.EqualTo("booking-changed"));
            var taken = new List<long>();
            foreach (var start in starts)
            {
                taken.Add(await market.AllocationsAsync(start));
            }

            Assert.That(taken.Sum(), Is.EqualTo(1));
            Assert.That(await market.AllocationsAsync(won.Time("start")), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task The_same_request_twice_is_one_move()
    {
        var market = await Market.OpenAsync();
        var (guest, key) = (Market.NewGuest(), Guid.NewGuid().ToString());
        var booking = await PaidAsync(guest, market, Market.At(10));
        var twice = await Task.WhenAll(MoveAsync(guest, booking, Market.At(12), idempotency: key), MoveAsync(guest, booking, Market.At(12), idempotency: key));
        Assert.That(twice.Select(x => x.Status), Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That((await ShowAsync(guest, booking)).Body.GetProperty("movesLeft").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_cancel_and_a_move_at_once_leave_no_time_behind()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        for (var round = 0; round < 8; round++)
        {
            var (from, to) = (Market.At(10 + (4 * round)), Market.At(12 + (4 * round)));
            var booking = await PaidAsync(guest, market, from);
            var (cancel, move) = (guest.CancelAsync(booking, Market.Deposit), MoveAsync(guest, booking, to));
            await Task.WhenAll(cancel, move);
            Assert.That((await cancel).Status, Is.EqualTo(HttpStatusCode.OK), "moving never keeps from cancelling");
            Assert.That((await move).Slug, Is.EqualTo(string.Empty).Or.EqualTo("not-reschedulable"));
            Assert.That(await guest.StateAsync(booking), Is.EqualTo("cancelled"));
            Assert.That((await market.AllocationsAsync(from), await market.AllocationsAsync(to)), Is.EqualTo((0, 0)));
        }
    }

    [Test]
    public async Task Two_patients_move_to_one_start_and_one_gets_it()
    {
        var market = await Market.OpenAsync();
        var (a, b, to) = (Market.NewGuest(), Market.NewGuest(), Market.At(20));
        for (var round = 0; round < 5; round++)
        {
            var bookings = new[] { await PaidAsync(a, market, Market.At(10, $"{8 + (2 * round):00}:00")), await PaidAsync(b, market, Market.At(11, $"{8 + (2 * round):00}:00")) };
            var start = to.AddDays(7 * round);
            var replies = await Task.WhenAll(MoveAsync(a, bookings[0], start), MoveAsync(b, bookings[1], start), MoveAsync(a, bookings[0], start));
            Assert.That(replies.Count(x => x.Status == HttpStatusCode.OK), Is.EqualTo(1), string.Join(' ', replies.Select(x => x.Slug)));
            Assert.That(await market.AllocationsAsync(start), Is.EqualTo(1));
            Assert.That(await market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = ANY($1)", bookings.Select(x => x.Id).ToArray()), Is.EqualTo(2));
        }
    }

    private static async Task<Placed> PaidAsync(Guest guest, Market market, DateTimeOffset start)
    {
        var booking = await guest.BookAsync(market, start);
        await Steps.PayAsync(booking);
        return booking;
    }

    private static Task<Reply> ShowAsync(Guest guest, Placed booking) => guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/reschedule", key: booking.Hold.Key);

    private static async Task<List<DateTimeOffset>> OptionsAsync(Guest guest, Placed booking, DateTimeOffset day)
    {
        var options = await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/reschedule/options?from={Waiting.Date(day)}&days=1", key: booking.Hold.Key);
        return [.. options.Body.GetProperty("days")[0].GetProperty("starts").EnumerateArray().Select(x => x.GetProperty("start").GetDateTimeOffset().ToUniversalTime())];
    }

    private static Task<Reply> MoveAsync(
        Guest guest, Placed booking, DateTimeOffset start, long difference = 0, int? sequence = null, string? key = null, string? idempotency = null) =>
        guest.SendAsync(
            HttpMethod.Post, $"/bookings/{booking.Id}/reschedule", new { start, expectedDifferenceMinor = difference, sequence }, key ?? booking.Hold.Key, idempotency);
}
