using System.Net;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Cycles;

public sealed class CycleTests
{
    [Test]
    public async Task A_cycle_is_reserved_paid_anchored_triggered_and_agreed()
    {
        var laboratory = await Laboratory.OpenAsync();
        var (guest, expected) = (Market.NewGuest(), Laboratory.Today.AddDays(1));
        var booking = await laboratory.BookAsync(guest, expected);
        Assert.That(await Laboratory.WeeksAsync(booking.Hold.Id), Is.EqualTo(Laboratory.Expected(expected)));
        var before = await Laboratory.ShowAsync(guest, booking);
        Assert.That(Laboratory.AppointmentsOf(before).Select(x => x.State), Is.All.EqualTo("booked"));
        var letter = await Steps.HeardAsync<CycleExpected>(x => x.BookingId == booking.Id);
        var opened = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/cycles/{letter.CycleId}", key: letter.AccessKey);
        Assert.That((opened.Status, letter.CycleId, letter.Day1), Is.EqualTo((HttpStatusCode.OK, booking.Hold.Id, expected)), "the letter's own key opens the cycle");
        Assert.That(before.Body.GetProperty("plan").GetProperty("stayFrom").GetString(), Is.EqualTo($"{expected.AddDays(1):yyyy-MM-dd}"));

        var day1 = expected.AddDays(-3);
        var started = await Laboratory.StartedAsync(guest, booking, day1);
        Assert.That(started.Status, Is.EqualTo(HttpStatusCode.OK), started.Body.ToString());
        Assert.That(Laboratory.AppointmentsOf(started).Select(x => x.State), Is.All.EqualTo("proposed"));
        Assert.That(Laboratory.AppointmentsOf(started).Select(x => x.Start), Is.EqualTo(Laboratory.AppointmentsOf(before).Select(x => x.Start.AddDays(-3))));
        Assert.That(await Laboratory.WeeksAsync(booking.Hold.Id), Is.EqualTo(Laboratory.Expected(day1)));
        var told = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == booking.Id);
        Assert.That((told.Reason, told.Moved.Length, told.Sessions.Length), Is.EqualTo(("cycle", 6, 6)));
        Assert.That(told.Moved.Select(x => x.OldStart.AddDays(-3)), Is.EqualTo(told.Moved.Select(x => x.NewStart!.Value)));

        var agreed = await laboratory.DoctorAsync(booking, "accept", new { version = started.Body.GetProperty("version").GetInt32() });
        Assert.That(Laboratory.AppointmentsOf(agreed).Select(x => x.State), Is.All.EqualTo("booked"), agreed.Body.ToString());

        var at = Market.At(0, "22:15").AddDays(10);
        var triggered = await laboratory.DoctorAsync(booking, "trigger", new { at });
        Assert.That(triggered.Status, Is.EqualTo(HttpStatusCode.OK), triggered.Body.ToString());
        var steps = Laboratory.AppointmentsOf(triggered).ToDictionary(x => x.Code);
        Assert.That(steps["retrieval"].Start, Is.EqualTo(at.AddHours(36)));
        Assert.That(new[] { steps["retrieval"].State, steps["transfer"].State, steps["monitoring-2"].State }, Is.EqualTo(new[] { "proposed", "proposed", "booked" }));
        Assert.That((await Laboratory.StartedAsync(guest, booking, day1)).Slug, Is.EqualTo("already-triggered"));
        Assert.That((await laboratory.DoctorAsync(booking, "accept", new { version = 1 })).Slug, Is.EqualTo("cycle-moved"));
    }

    [Test]
    public async Task The_same_day_again_changes_nothing_and_going_back_restores_times_weeks_and_agreement()
    {
        var laboratory = await Laboratory.OpenAsync();
        var (guest, expected) = (Market.NewGuest(), Laboratory.Today);
        var booking = await laboratory.BookAsync(guest, expected);
        var original = await Laboratory.ShowAsync(guest, booking);
        await Laboratory.StartedAsync(guest, booking, expected.AddDays(-6));
        var once = await Laboratory.ShowAsync(guest, booking);
        var sequence = await Market.ScalarAsync("SELECT sequence FROM bookings WHERE id = $1", booking.Id);
        await Laboratory.StartedAsync(guest, booking, expected.AddDays(-6));
        var twice = await Laboratory.ShowAsync(guest, booking);
        Assert.That(twice.Body.ToString(), Is.EqualTo(once.Body.ToString()));
        Assert.That(await Market.ScalarAsync("SELECT sequence FROM bookings WHERE id = $1", booking.Id), Is.EqualTo(sequence));
        var back = await Laboratory.StartedAsync(guest, booking, expected);
        Assert.That(Laboratory.AppointmentsOf(back), Is.EqualTo(Laboratory.AppointmentsOf(original)));
        Assert.That(await Laboratory.WeeksAsync(booking.Hold.Id), Is.EqualTo(Laboratory.Expected(expected)));
    }

    [Test]
    public async Task A_full_week_is_named_with_the_next_that_has_room_and_nothing_changes()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var day1 = Laboratory.Today.AddDays(1);
        await laboratory.BookAsync(Market.NewGuest(), day1);
        var refused = await laboratory.TryReserveAsync(Market.NewGuest(), day1);
        Assert.That((refused.Status, refused.Slug, refused.Text("step")), Is.EqualTo((HttpStatusCode.Conflict, "week-full", "retrieval")), refused.Body.ToString());
        var next = DateOnly.ParseExact(refused.Text("nextDay1"), "yyyy-MM-dd");
        var seen = await Market.NewGuest().SendAsync(HttpMethod.Post, "/cycles/plan", new { laboratory.Market.OfferId, day1 });
        Assert.That(seen.Text("nextDay1"), Is.EqualTo(refused.Text("nextDay1")), "the preview says it before anything is tried");
        Assert.That(next, Is.GreaterThan(day1).And.LessThanOrEqualTo(day1.AddDays(14)));

        var late = await laboratory.BookAsync(Market.NewGuest(), next);
        var before = await Laboratory.WeeksAsync(late.Hold.Id);
        var moved = await Laboratory.StartedAsync(Market.NewGuest(), late, day1);
        Assert.That(moved.Slug, Is.EqualTo("week-full"), moved.Body.ToString());
        Assert.That(await Laboratory.WeeksAsync(late.Hold.Id), Is.EqualTo(before), "what it had is still kept");
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(4));
        Assert.That((await laboratory.TryReserveAsync(Market.NewGuest(), Laboratory.Today.AddDays(300))).Slug, Is.EqualTo("week-not-open"));
    }

    [Test]
    public async Task Many_who_want_the_last_places_of_a_week_get_exactly_those()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 3);
        var day1 = Laboratory.Today.AddDays(20);
        var replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => laboratory.TryReserveAsync(Market.NewGuest(), day1)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(3));
        Assert.That(replies.Count(reply => reply.Slug == "week-full"), Is.EqualTo(57), () => string.Join(' ', replies.Select(reply => reply.Slug).Distinct()));
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(6), "two weeks each, and nothing of the losers");
    }

    [Test]
    public async Task Two_cycles_that_start_into_one_last_place_have_one_winner()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var (one, two) = (await laboratory.BookAsync(Market.NewGuest(), Laboratory.Today.AddDays(28)), await laboratory.BookAsync(Market.NewGuest(), Laboratory.Today.AddDays(56)));
        var both = await Task.WhenAll(Laboratory.StartedAsync(Market.NewGuest(), one, Laboratory.Today), Laboratory.StartedAsync(Market.NewGuest(), two, Laboratory.Today));
        Assert.That(both.Select(reply => (int)reply.Status), Is.EquivalentTo(new[] { 200, 409 }));
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(4));
        Assert.That(
            await laboratory.Market.CountAsync("SELECT count(*) FROM (SELECT 1 FROM cycle_reservations_live WHERE center_id = $1 GROUP BY step, week HAVING count(*) > 1) x", laboratory.Market.CenterId), Is.Zero);
    }

    [Test]
    public async Task A_hold_that_lapses_and_a_booking_that_is_cancelled_give_their_weeks_back()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var day1 = Laboratory.Today.AddDays(10);
        var hold = await laboratory.ReserveAsync(Market.NewGuest(), day1);
        await Market.LapseAsync(hold.Id);
        var guest = Market.NewGuest();
        var booking = await laboratory.BookAsync(guest, day1);
        var quote = await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/cancellation", key: booking.Hold.Key);
        await guest.CancelAsync(booking, quote.Body.GetProperty("refund").GetProperty("amountMinor").GetInt64());
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("cancelled"));
        await laboratory.BookAsync(Market.NewGuest(), day1);
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(2));
        Assert.That((await Laboratory.StartedAsync(guest, booking, Laboratory.Today)).Slug, Is.EqualTo("not-confirmed"));
    }

    [Test]
    public async Task Money_that_comes_late_finds_its_weeks_again_or_goes_back()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var (guest, day1) = (Market.NewGuest(), Laboratory.Today.AddDays(10));
        var late = await guest.PlaceAsync(await laboratory.ReserveAsync(guest, day1));
        await Market.LapseAsync(late.Hold.Id);
        await Steps.SweepAsync();
        await Steps.PayAsync(late);
        Assert.That(await guest.StateAsync(late), Is.EqualTo("confirmed"));
        Assert.That(await Laboratory.WeeksAsync(late.Hold.Id), Is.EqualTo(Laboratory.Expected(day1)));

        var other = Laboratory.Today.AddDays(40);
        var tooLate = await guest.PlaceAsync(await laboratory.ReserveAsync(guest, other));
        await Market.LapseAsync(tooLate.Hold.Id);
        await laboratory.BookAsync(Market.NewGuest(), other);
        await Steps.PayAsync(tooLate);
        Assert.That(await guest.StateAsync(tooLate), Is.EqualTo("refunding"));
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(4));
    }

    [Test]
    public async Task A_cycle_given_up_is_planned_again_four_weeks_later_and_keeps_what_was_done()
    {
        var laboratory = await Laboratory.OpenAsync();
        var (guest, day1) = (Market.NewGuest(), Laboratory.Today.AddDays(-5));
        var booking = await laboratory.BookAsync(guest, Laboratory.Today);
        await Laboratory.StartedAsync(guest, booking, day1);
        var given = await laboratory.DoctorAsync(booking, "give-up", new { });
        Assert.That(given.Status, Is.EqualTo(HttpStatusCode.OK), given.Body.ToString());
        Assert.That((given.Text("day1"), given.Text("state"), given.Body.GetProperty("attempt").GetInt32()), Is.EqualTo(($"{day1.AddDays(28):yyyy-MM-dd}", "expected", 2)));
        Assert.That(Laboratory.AppointmentsOf(given), Has.Count.EqualTo(6));
        Assert.That(Laboratory.AppointmentsOf(given).Select(x => x.State), Is.All.EqualTo("proposed"));
        Assert.That(await Laboratory.WeeksAsync(booking.Hold.Id), Is.EqualTo(Laboratory.Expected(day1.AddDays(28))));
        var sessions = await laboratory.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1", booking.Id);
        Assert.That(sessions, Is.EqualTo(6 + 2), "two scans of the first attempt are past");
    }

    [Test]
    public async Task What_giving_up_would_bring_is_told_before_and_changes_nothing()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var booking = await laboratory.BookAsync(Market.NewGuest(), Laboratory.Today.AddDays(2));
        var seen = await Laboratory.ShowAsync(Market.NewGuest(), booking);
        var next = Laboratory.Today.AddDays(30);

        var usual = await laboratory.DoctorAsync(booking, "give-up/preview", new { });
        Assert.That((usual.Status, usual.Text("day1")), Is.EqualTo((HttpStatusCode.OK, $"{next:yyyy-MM-dd}")));
        Assert.That(Rooms(usual), Is.All.True);
        var same = await laboratory.DoctorAsync(booking, "give-up/preview", new { day1 = Laboratory.Today.AddDays(3) });
        Assert.That(Rooms(same), Is.All.True, "its own places are free for it, of which there is one a week");
        await laboratory.BookAsync(Market.NewGuest(), next);
        var full = await laboratory.DoctorAsync(booking, "give-up/preview", new { day1 = next });
        Assert.That(Rooms(full), Does.Contain(false));
        Assert.That(full.Body.GetProperty("nextDay1").GetDateTime(), Is.GreaterThan(next.ToDateTime(TimeOnly.MinValue)));
        var wrong = await laboratory.DoctorAsync(booking, "give-up/preview", new { day1 = Laboratory.Today });
        Assert.That((int)wrong.Status, Is.EqualTo(422).Or.EqualTo(400), "before the day 1 it has");
        var stranger = await Market.NewGuest().SendAsync(HttpMethod.Post, $"/clinic/cycles/{booking.Hold.Id}/give-up/preview", new { }, token: (await Laboratory.OpenAsync()).Token());
        Assert.That(stranger.Slug, Is.EqualTo("cycle-unknown"));
        var after = await Laboratory.ShowAsync(Market.NewGuest(), booking);
        Assert.That(after.Body.GetProperty("version").GetInt32(), Is.EqualTo(seen.Body.GetProperty("version").GetInt32()));

        var day = full.Text("nextDay1");
        var given = await laboratory.DoctorAsync(booking, "give-up", new { day1 = day });
        Assert.That((given.Status, given.Text("day1")), Is.EqualTo((HttpStatusCode.OK, day)), "the day that was offered can be had");

        static IEnumerable<bool> Rooms(Reply preview) => preview.Body.GetProperty("weeks").EnumerateArray().Select(week => week.GetProperty("hasRoom").GetBoolean());
    }

    [Test]
    public async Task Two_doctors_who_give_the_same_cycle_up_at_once_give_it_up_once()
    {
        var laboratory = await Laboratory.OpenAsync();
        var booking = await laboratory.BookAsync(Market.NewGuest(), Laboratory.Today.AddDays(2));
        var seen = await Laboratory.ShowAsync(Market.NewGuest(), booking);
        var (version, next) = (seen.Body.GetProperty("version").GetInt32(), seen.Text("nextDay1"));
        Assert.That(next, Is.EqualTo($"{Laboratory.Today.AddDays(30):yyyy-MM-dd}"));
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => laboratory.DoctorAsync(booking, "give-up", new { day1 = next, version })));
        Assert.That(both.Select(reply => (int)reply.Status), Is.EquivalentTo(new[] { 200, 409 }));
        Assert.That(both.Single(reply => (int)reply.Status == 409).Slug, Is.EqualTo("cycle-moved"));
        var after = await Laboratory.ShowAsync(Market.NewGuest(), booking);
        Assert.That((after.Body.GetProperty("attempt").GetInt32(), after.Text("day1")), Is.EqualTo((2, next)));
        Assert.That(await laboratory.LiveAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task Each_letter_about_a_moved_cycle_brings_a_key_that_opens_it()
    {
        var laboratory = await Laboratory.OpenAsync();
        var (guest, other) = (Market.NewGuest(), await laboratory.BookAsync(Market.NewGuest(), Laboratory.Today.AddDays(9)));
        var booking = await laboratory.BookAsync(guest, Laboratory.Today.AddDays(1));
        var started = await Laboratory.StartedAsync(guest, booking, Laboratory.Today);
        var moved = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == booking.Id && x.Moved.Length > 0);
        await laboratory.DoctorAsync(booking, "accept", new { version = started.Body.GetProperty("version").GetInt32() });
        var agreed = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == booking.Id && x.Moved.Length == 0);
        foreach (var letter in new[] { moved, agreed })
        {
            Assert.That((letter.CycleId, letter.CycleChange), Is.EqualTo((booking.Hold.Id, letter == moved ? "started" : "agreed")));
            Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Get, $"/cycles/{letter.CycleId}", key: letter.AccessKey)).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Get, $"/cycles/{other.Hold.Id}", key: letter.AccessKey)).Slug, Is.EqualTo("cycle-unknown"), "and no other");
        }

        Assert.That(moved.AccessKey, Is.Not.EqualTo(agreed.AccessKey));
    }

    [Test]
    public async Task Capacity_never_goes_below_what_patients_keep()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 2);
        var day1 = Laboratory.Today.AddDays(10);
        await laboratory.BookAsync(Market.NewGuest(), day1);
        await laboratory.ReserveAsync(Market.NewGuest(), day1);
        var refused = await laboratory.CapacityAsync("retrieval", Laboratory.Today, Laboratory.Today.AddDays(100), 1);
        Assert.That((refused.Slug, refused.Body.GetProperty("weeks").GetArrayLength()), Is.EqualTo(("capacity-in-use", 1)));
        var shown = await Market.NewGuest().SendAsync(HttpMethod.Get, "/clinic/cycles/capacity", token: laboratory.Token("scheduler"));
        Assert.That(shown.Body.EnumerateArray().Select(x => x.GetProperty("capacity").GetInt32()), Is.All.EqualTo(2));
        Assert.That(shown.Body.EnumerateArray().Sum(x => x.GetProperty("kept").GetInt32()), Is.EqualTo(4));
    }

    [Test]
    public async Task Only_its_patient_and_its_center_see_a_cycle_and_only_a_doctor_sets_the_trigger()
    {
        var (laboratory, other) = (await Laboratory.OpenAsync(), await Laboratory.OpenAsync());
        var guest = Market.NewGuest();
        var booking = await laboratory.BookAsync(guest, Laboratory.Today);
        Assert.Multiple(async () =>
        {
            Assert.That((await guest.SendAsync(HttpMethod.Get, $"/cycles/{booking.Hold.Id}")).Slug, Is.EqualTo("cycle-unknown"));
            Assert.That((await guest.SendAsync(HttpMethod.Post, $"/cycles/{booking.Hold.Id}/started", new { day1 = Laboratory.Today })).Slug, Is.EqualTo("cycle-unknown"));
            Assert.That((await other.DoctorAsync(booking, "trigger", new { at = Market.Now })).Slug, Is.EqualTo("cycle-unknown"));
            Assert.That((await other.DoctorAsync(booking, "accept", new { version = 1 })).Slug, Is.EqualTo("cycle-unknown"));
            var scheduler = await guest.SendAsync(HttpMethod.Post, $"/clinic/cycles/{booking.Hold.Id}/trigger", new { at = Market.Now }, token: laboratory.Token("scheduler"));
            Assert.That((int)scheduler.Status, Is.EqualTo(403));
            Assert.That((await laboratory.DoctorAsync(booking, "trigger", new { at = Market.Now.AddDays(9) })).Slug, Is.EqualTo("not-started"));
            Assert.That((await Laboratory.StartedAsync(guest, booking, Laboratory.Today.AddDays(3))).Slug, Is.EqualTo("invalid-fields"));
            var mine = await guest.SendAsync(HttpMethod.Get, "/clinic/cycles", token: laboratory.Token());
            Assert.That(mine.Body.EnumerateArray().Select(x => x.GetProperty("id").GetGuid()), Is.EqualTo(new[] { booking.Hold.Id }));
            Assert.That((await guest.SendAsync(HttpMethod.Get, "/clinic/cycles", token: other.Token())).Body.GetArrayLength(), Is.Zero);
        });
    }

    [Test]
    public async Task A_preview_reserves_nothing_and_other_treatments_are_no_cycles()
    {
        var laboratory = await Laboratory.OpenAsync(capacity: 1);
        var day1 = Laboratory.Today.AddDays(5);
        var preview = await Market.NewGuest().SendAsync(HttpMethod.Post, "/cycles/plan", new { laboratory.Market.OfferId, day1 });
        Assert.That(preview.Body.GetProperty("weeks").EnumerateArray().Select(x => x.GetProperty("hasRoom").GetBoolean()), Is.EqualTo(new[] { true, true }), preview.Body.ToString());
        Assert.That(await laboratory.LiveAsync(), Is.Zero);
        await laboratory.BookAsync(Market.NewGuest(), day1);
        preview = await Market.NewGuest().SendAsync(HttpMethod.Post, "/cycles/plan", new { laboratory.Market.OfferId, day1 });
        Assert.That(preview.Body.GetProperty("weeks").EnumerateArray().Select(x => x.GetProperty("hasRoom").GetBoolean()), Is.EqualTo(new[] { false, false }));
        var instant = await Market.OpenAsync();
        Assert.That((await Market.NewGuest().SendAsync(HttpMethod.Post, "/cycles", new { offerId = instant.OfferId, day1 })).Slug, Is.EqualTo("not-a-cycle"));
        Assert.That((await Market.NewGuest().TryHoldAsync(laboratory.Market, Market.At(5))).Slug, Is.EqualTo("not-bookable-online"));
    }
}
