using System.Net;
using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;

namespace MedTourism.Booking.Tests.Waitlist;

public sealed class WaitlistTests
{
    [Test]
    public async Task Freed_time_is_held_for_who_joined_first_and_goes_on_when_they_decline()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, start) = (Market.NewGuest(), Waiting.Day(5));
        var hold = await guest.HoldAsync(market, start);
        var first = await Waiting.JoinAsync(market, start);
        var second = await Waiting.JoinAsync(market, start);
        Assert.That((await second.ShowAsync()).Body.GetProperty("ahead").GetInt32(), Is.EqualTo(1));
        Assert.That(await first.OfferAsync(), Is.Null);

        await guest.ReleaseAsync(hold);
        var offer = await first.OfferAsync();
        Assert.That((await first.StateAsync(), offer!.Start, await second.StateAsync()), Is.EqualTo(("offered", start, "waiting")));
        Assert.That(offer.ExpiresAt - Market.Now, Is.EqualTo(TimeSpan.FromHours(12)).Within(TimeSpan.FromMinutes(1)));
        Assert.That(await market.FreeAsync(start), Is.Empty);
        Assert.That((await Market.NewGuest().TryHoldAsync(market, start)).Slug, Is.EqualTo("time-taken"));
        var letter = await Waiting.LetterAsync(first, offer.HoldId);
        Assert.That((letter.Start, letter.ExpiresAt, letter.TimeZone), Is.EqualTo((start, offer.ExpiresAt.ToUniversalTime(), Market.Zone)));

        Assert.That((await first.DeclineAsync(Guid.NewGuid())).Slug, Is.EqualTo("no-live-offer"));
        Assert.That((await first.DeclineAsync(offer.HoldId)).Text("state"), Is.EqualTo("waiting"));
        Assert.That((await first.DeclineAsync()).Slug, Is.EqualTo("no-live-offer"));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/waitlist/{first.Id}/decline", key: first.Key)).Slug, Is.EqualTo("no-live-offer"), "without a body");
        Assert.That((await second.OfferAsync())!.Start, Is.EqualTo(start));
        var lapsed = await Steps.HeardAsync<WaitlistOfferLapsed>(x => x.HoldId == offer.HoldId);
        Assert.That((lapsed.EntryId, lapsed.StillWaiting), Is.EqualTo((first.Id, true)));

        // Nobody is left who has not let it go: it is everybody's.
        await second.DeclineAsync();
        Assert.That(await market.FreeAsync(start), Is.EqualTo(new[] { start }));
        Assert.That((await first.ShowAsync()).Body.GetProperty("lapsesLeft").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task Both_the_letter_and_the_entry_open_the_hold_and_the_booking_and_paying_ends_the_wait()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, start) = (Market.NewGuest(), Waiting.Day(6));
        var hold = await guest.HoldAsync(market, start);
        var entry = await Waiting.JoinAsync(market, start);
        await guest.ReleaseAsync(hold);
        var offer = (await entry.OfferAsync())!;
        var letter = await Waiting.LetterAsync(entry, offer.HoldId);
        foreach (var key in new[] { letter.AccessKey, entry.Key })
        {
            var shown = await guest.SendAsync(HttpMethod.Get, $"/holds/{offer.HoldId}", key: key);
            Assert.That((shown.Status, shown.Text("state"), shown.Body.GetProperty("extensionsLeft").GetInt32()), Is.EqualTo((HttpStatusCode.OK, "held", 0)));
        }

        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/holds/{offer.HoldId}", key: "guess")).Slug, Is.EqualTo("hold-unknown"));
        var claimed = await guest.SendAsync(HttpMethod.Post, $"/waitlist/{entry.Id}/claim", key: entry.Key);
        var booking = await guest.PlaceAsync(new Held(offer.HoldId, letter.AccessKey, offer.ExpiresAt));
        Assert.That((await entry.ShowAsync()).Body.GetProperty("offer").GetProperty("bookingId").GetGuid(), Is.EqualTo(booking.Id));
        foreach (var key in new[] { letter.AccessKey, entry.Key, claimed.Text("accessKey") })
        {
            Assert.That((await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}", key: key)).Text("state"), Is.EqualTo("awaiting_deposit"));
        }

        await Steps.PayAsync(booking);
        var done = await entry.ShowAsync();
        Assert.That((done.Text("state"), done.Id("bookingId"), done.Body.GetProperty("offer").ValueKind), Is.EqualTo(("booked", booking.Id, JsonValueKind.Null)));
        Assert.That(await market.CountAsync("SELECT count(*) FROM waitlist_people WHERE entry_id = $1", entry.Id), Is.Zero);
        Assert.That((await entry.RemoveAsync()).Slug, Is.EqualTo("already-confirmed"));
    }

    [Test]
    public async Task A_lapsed_offer_goes_on_before_anyone_else_can_take_it_and_three_end_the_wait()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, days) = (Market.NewGuest(), new[] { Waiting.Day(5), Waiting.Day(6), Waiting.Day(7) });
        var holds = new List<Held>();
        foreach (var day in days)
        {
            holds.Add(await guest.HoldAsync(market, day));
        }

        var first = await Waiting.JoinAsync(market, days[0], days[2]);
        var second = await Waiting.JoinAsync(market, days[0]);
        for (var i = 0; i < 3; i++)
        {
            await guest.ReleaseAsync(holds[i]);
            var offer = (await first.OfferAsync())!;
            Assert.That(offer.Start, Is.EqualTo(days[i]));

            // Only the hold is over: its time is kept from others until the sweep hands it on.
            await Market.ScalarAsync("UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1", offer.HoldId);
            Assert.That((await Market.NewGuest().TryHoldAsync(market, days[i])).Slug, Is.EqualTo("time-taken"));
            Assert.That((await guest.SendAsync(HttpMethod.Post, $"/waitlist/{first.Id}/claim", key: first.Key)).Slug, Is.EqualTo("no-live-offer"));
            await Steps.SweepAsync();
            var told = await Steps.HeardAsync<WaitlistOfferLapsed>(x => x.HoldId == offer.HoldId);
            Assert.That(told.StillWaiting, Is.EqualTo(i < 2));
            Assert.That((await second.OfferAsync())?.Start, Is.EqualTo(days[0]));
        }

        var ended = await first.ShowAsync();
        Assert.That((ended.Text("state"), ended.Text("endedBecause"), ended.Body.GetProperty("lapsesLeft").GetInt32()), Is.EqualTo(("ended", "offers-lapsed", 0)));
        Assert.That(await market.FreeAsync(days[2]), Is.EqualTo(new[] { days[2] }));
    }

    [Test]
    public async Task Whatever_frees_time_offers_it()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, clinic) = (Market.NewGuest(), Waiting.Clinic(market));
        var resource = (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: clinic)).Body[0].GetProperty("id").GetGuid();
        var day = Waiting.Day(5);

        await FreedBy("a hold that ran out", async () => (await guest.HoldAsync(market, day)).Id, async id =>
        {
            await Market.LapseAsync(id);
            await Steps.SweepAsync();
        });
        await FreedBy("a booking whose deposit never came", async () => (await Market.NewGuest().BookAsync(market, day)).Hold.Id, async id =>
        {
            await Market.LapseAsync(id);
            await Steps.SweepAsync();
        });
        Placed? paid = null;
        await FreedBy("a cancelled booking", async () =>
        {
            paid = await guest.BookAsync(market, day);
            await Steps.PayAsync(paid);
            return paid.Id;
        }, _ => guest.CancelAsync(paid!, Market.Deposit));
        await FreedBy("money on other terms", async () => (paid = await Market.NewGuest().BookAsync(market, day)).Id, _ => Steps.PayAsync(paid!, amount: 7));
        await FreedBy("a removed block", async () =>
        {
            var block = await guest.SendAsync(HttpMethod.Post, "/clinic/blocks", new { resourceId = resource, start = day, end = day.AddHours(1), reason = "Service" }, token: clinic);
            return block.Id("id");
        }, id => guest.SendAsync(HttpMethod.Delete, $"/clinic/blocks/{id}", token: clinic));
        await FreedBy("opened hours", async () =>
        {
            await guest.SendAsync(HttpMethod.Put, $"/clinic/resources/{resource}/hours", new { hours = Array.Empty<object>() }, token: clinic);
            return resource;
        }, id => guest.SendAsync(
            HttpMethod.Put, $"/clinic/resources/{id}/hours",
            new { hours = Enumerable.Range(1, 5).Select(weekday => new { weekday, from = "08:00:00", to = "18:00:00" }) }, token: clinic));
        await FreedBy("a machine that opens", async () =>
        {
            await market.TellMachineAsync("mri", 1, 600, "closed", 2);
            await MedTourism.TestKit.Eventually.That(async () => (await market.FreeAsync(day)).Count == 0, "It did not close.");
            return resource;
        }, async _ =>
        {
            await market.TellMachineAsync("mri", 1, 600, "open", 3);
            await MedTourism.TestKit.Eventually.That(
                async () => await market.CountAsync("SELECT count(*) FROM resources WHERE center_id = $1 AND status = 'open'", market.CenterId) == 1, "It did not open.");
        });

        async Task FreedBy(string what, Func<Task<Guid>> take, Func<Guid, Task> free)
        {
            var id = await take();
            var entry = await Waiting.JoinAsync(market, day);
            await free(id);
            Assert.That((await entry.OfferAsync())?.Start, Is.EqualTo(day), what);
            Assert.That((await entry.RemoveAsync()).Status, Is.EqualTo(HttpStatusCode.NoContent));
            Assert.That(await market.FreeAsync(day), Is.EqualTo(new[] { day }), what);
        }
    }

    [Test]
    public async Task Only_time_of_the_window_the_weekdays_and_the_hours_is_offered()
    {
        var market = await Market.OpenAsync();
        var (guest, clinic, day) = (Market.NewGuest(), Waiting.Clinic(market), Market.At(5, "08:00"));
        var resource = (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: clinic)).Body[0].GetProperty("id").GetGuid();
        var weekday = (int)TimeZoneInfo.ConvertTime(day, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).DayOfWeek;
        var block = await guest.SendAsync(
            HttpMethod.Post, "/clinic/blocks", new { resourceId = resource, start = Market.At(5, "08:00"), end = Market.At(5, "18:00"), reason = "Service" }, token: clinic);
        var late = await Market.NewGuest().JoinAsync(market, day, earliest: "14:10", latest: "15:00");
        var otherDay = await Market.NewGuest().JoinAsync(market, day, weekdays: [weekday % 7 + 1]);
        var exact = await Market.NewGuest().JoinAsync(market, day, weekdays: [weekday], earliest: "14:30", latest: "14:30");
        var any = await Market.NewGuest().JoinAsync(market, day);
        await guest.SendAsync(HttpMethod.Delete, $"/clinic/blocks/{block.Id("id")}", token: clinic);

        Assert.That((await late.OfferAsync())?.Start, Is.EqualTo(Market.At(5, "14:30")));
        Assert.That(await otherDay.OfferAsync(), Is.Null);
        Assert.That(await exact.OfferAsync(), Is.Null, "its only start is held for who joined before");
        Assert.That((await any.OfferAsync())?.Start, Is.EqualTo(day));

        await late.DeclineAsync();
        Assert.That((await exact.OfferAsync())?.Start, Is.EqualTo(Market.At(5, "14:30")));
        Assert.That(await late.OfferAsync(), Is.Null, "15:00 overlaps what is held, and what it let go");
    }

    [Test]
    public async Task An_offer_ends_two_hours_before_its_start_and_what_is_too_soon_is_not_offered()
    {
        var market = await Market.OpenAsync();
        var (guest, clinic) = (Market.NewGuest(), Waiting.Clinic(market));
        var resource = (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: clinic)).Body[0].GetProperty("id").GetGuid();
        await guest.SendAsync(
            HttpMethod.Put, $"/clinic/resources/{resource}/hours", new { hours = Enumerable.Range(1, 7).Select(weekday => new { weekday, from = "00:00:00", to = "00:00:00" }) }, token: clinic);
        var halfHour = new DateTimeOffset(Market.Now.Ticks / TimeSpan.FromMinutes(30).Ticks * TimeSpan.FromMinutes(30).Ticks, TimeSpan.Zero);
        var (soon, later) = (halfHour.AddMinutes(150), halfHour.AddHours(5)); // soon: in 2 to 2½ hours
        var block = await guest.SendAsync(
            HttpMethod.Post, "/clinic/blocks", new { resourceId = resource, start = halfHour, end = halfHour.AddDays(2), reason = "Service" }, token: clinic);
        var tooLate = await Market.NewGuest().JoinAsync(market, soon, earliest: Clock(soon), latest: Clock(soon));
        var inTime = await Market.NewGuest().JoinAsync(market, later, earliest: Clock(later), latest: Clock(later));
        await guest.SendAsync(HttpMethod.Delete, $"/clinic/blocks/{block.Id("id")}", token: clinic);
        Assert.That(await tooLate.OfferAsync(), Is.Null);
        Assert.That((await inTime.OfferAsync())!.ExpiresAt, Is.EqualTo(later.AddHours(-2)));

        static string Clock(DateTimeOffset time) =>
            TimeZoneInfo.ConvertTime(time, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Test]
    public async Task Who_could_hold_a_time_now_does_not_wait_and_wrong_entries_name_the_field()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, day) = (Market.NewGuest(), Waiting.Day(5));
        var free = await guest.TryJoinAsync(market, day);
        Assert.That((free.Status, free.Slug), Is.EqualTo((HttpStatusCode.Conflict, "time-is-free")));
        Assert.That(free.Body.GetProperty("starts")[0].GetDateTimeOffset(), Is.EqualTo(day));
        await guest.HoldAsync(market, day);

        var wrong = await guest.SendAsync(HttpMethod.Post, "/waitlist", new
        {
            offerId = market.OfferId, from = Waiting.Date(day), to = Waiting.Date(Waiting.Day(4)), weekdays = new[] { 0 }, earliest = "10:00", latest = "09:00",
            patient = new { familyName = "", givenNames = "A", citizenship = "Germany" }, contact = new { email = "nobody" },
        });
        Assert.That((wrong.Status, wrong.Slug), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "invalid-fields")));
        Assert.That(
            wrong.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name),
            Is.EquivalentTo(new[] { "to", "weekdays", "latest", "patient.familyName", "patient.citizenship", "contact.email" }));
        Assert.That((await guest.TryJoinAsync(market, day.AddDays(-30))).Slug, Is.EqualTo("invalid-fields"));
        Assert.That((await guest.TryJoinAsync(market, day, day.AddDays(400))).Slug, Is.EqualTo("invalid-fields"));
        Assert.That((await guest.TryJoinAsync(market, day, token: Waiting.Clinic(market))).Slug, Is.EqualTo("patients-and-agencies-only"));
        Assert.That((await guest.SendAsync(HttpMethod.Post, "/waitlist", new { offerId = Guid.NewGuid() })).Slug, Is.EqualTo("offer-unknown"));
        var review = await Market.OpenAsync(mode: "case-review");
        Assert.That((await guest.TryJoinAsync(review, day)).Slug, Is.EqualTo("not-bookable-online"));
    }

    [Test]
    public async Task A_person_waits_once_and_a_caller_for_five_times_however_fast_they_ask()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, day) = (Market.NewGuest(), Waiting.Day(5));
        await Market.NewGuest().HoldAsync(market, day);
        var same = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => guest.TryJoinAsync(market, day, patient: new { familyName = "Same", givenNames = "One" })));
        Assert.That(same.Count(x => x.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(same.Count(x => x.Slug == "already-waiting"), Is.EqualTo(3));
        var (key, person) = (Guid.NewGuid().ToString(), Waiting.Patient());
        var twice = await Task.WhenAll(
            guest.TryJoinAsync(market, day, patient: person, idempotency: key), guest.TryJoinAsync(market, day, patient: person, idempotency: key));
        Assert.That(twice[0].Body.ToString(), Is.EqualTo(twice[1].Body.ToString()));

        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => guest.TryJoinAsync(market, day)));
        Assert.That(many.Count(x => x.Status == HttpStatusCode.Created), Is.EqualTo(3));
        Assert.That(many.Count(x => x.Slug == "too-many-waitlist-entries"), Is.EqualTo(5));
        await new Entry(same.Single(x => x.Status == HttpStatusCode.Created).Id("entryId"), same.Single(x => x.Status == HttpStatusCode.Created).Text("accessKey"), guest).RemoveAsync();
        Assert.That((await guest.TryJoinAsync(market, day)).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Agencies_see_their_own_patients_and_the_clinic_no_contacts()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, day) = (Market.NewGuest(), Waiting.Day(5));
        var hold = await guest.HoldAsync(market, day);
        var (mine, theirs) = (Agency(), Agency());
        var entry = await guest.JoinAsync(market, day, token: mine);
        var patient = await Waiting.JoinAsync(market, day);
        var list = await guest.SendAsync(HttpMethod.Get, "/agency/waitlist", token: mine);
        Assert.That(list.Body.GetArrayLength(), Is.EqualTo(1), list.Body.ToString());
        Assert.That(list.Body[0].GetProperty("entry").GetProperty("id").GetGuid(), Is.EqualTo(entry.Id));
        Assert.That(list.Body[0].GetProperty("familyName").GetString(), Does.StartWith("Wartend"));
        Assert.That((await guest.SendAsync(HttpMethod.Get, "/agency/waitlist", token: theirs)).Body.GetArrayLength(), Is.Zero);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/waitlist/{entry.Id}", token: theirs)).Slug, Is.EqualTo("waitlist-entry-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/waitlist/{patient.Id}", token: mine)).Slug, Is.EqualTo("waitlist-entry-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Get, "/agency/waitlist", token: Waiting.Clinic(market))).Status, Is.EqualTo(HttpStatusCode.Forbidden));

        await guest.ReleaseAsync(hold);
        var claimed = await guest.SendAsync(HttpMethod.Post, $"/waitlist/{entry.Id}/claim", token: mine);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/holds/{claimed.Id("holdId")}", key: claimed.Text("accessKey"))).Text("state"), Is.EqualTo("held"));

        var clinic = await guest.SendAsync(HttpMethod.Get, "/clinic/waitlist", token: Waiting.Clinic(market, "reader"));
        Assert.That((clinic.Body.GetProperty("waiting").GetInt32(), clinic.Body.GetProperty("offered").GetInt32()), Is.EqualTo((1, 1)), clinic.Body.ToString());
        var row = clinic.Body.GetProperty("entries")[0];
        Assert.That((row.GetProperty("initials").GetString(), row.GetProperty("country").GetString(), row.GetProperty("byAgency").GetBoolean()), Is.EqualTo(("E. W.", "DE", true)));
        Assert.That(row.GetProperty("offeredStart").GetDateTimeOffset(), Is.EqualTo(day));
        Assert.That(clinic.Body.ToString(), Does.Not.Contain("Wartend").And.Not.Contain("example.org").And.Not.Contain("1234567"));
        var other = await guest.SendAsync(HttpMethod.Get, "/clinic/waitlist", token: Waiting.Clinic(await Waiting.OneStartADayAsync()));
        Assert.That(other.Body.GetProperty("entries").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Leaving_and_erasing_forget_the_person_and_pass_the_time_on()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, day, account) = (Market.NewGuest(), Waiting.Day(5), Guid.NewGuid());
        var hold = await guest.HoldAsync(market, day);
        var leaving = await Waiting.JoinAsync(market, day);
        var token = Running.App.Tokens.For(sub: account.ToString());
        var erased = await guest.JoinAsync(market, day, token: token);
        var next = await Waiting.JoinAsync(market, day);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/waitlist/{erased.Id}", token: token)).Status, Is.EqualTo(HttpStatusCode.OK));
        await guest.ReleaseAsync(hold);
        Assert.That(await leaving.OfferAsync(), Is.Not.Null);
        await leaving.RemoveAsync();
        Assert.That((await leaving.StateAsync(), await erased.StateAsync()), Is.EqualTo(("removed", "offered")));
        await Steps.DeliverAsync(new AccountErased(account, Market.Now));
        Assert.That((await erased.StateAsync(), (await next.OfferAsync())?.Start), Is.EqualTo(("removed", day)));
        Assert.That(await market.CountAsync("SELECT count(*) FROM waitlist_people WHERE entry_id = ANY($1)", new[] { leaving.Id, erased.Id }), Is.Zero);
        Assert.That(await market.CountAsync("SELECT count(*) FROM waitlist_entries WHERE patient_subject = $1", account.ToString()), Is.Zero);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/waitlist/{erased.Id}", token: token)).Slug, Is.EqualTo("waitlist-entry-unknown"));
    }

    [Test]
    public async Task An_offer_that_ends_with_its_machine_does_not_count_and_the_repaired_machine_offers_again()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, clinic, days) = (Market.NewGuest(), Waiting.Clinic(market), new[] { Waiting.Day(5), Waiting.Day(6) });
        var resource = (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: clinic)).Body[0].GetProperty("id").GetGuid();
        var holds = new[] { await guest.HoldAsync(market, days[0]), await guest.HoldAsync(market, days[1]) };
        var entry = await Waiting.JoinAsync(market, days[0], days[1]);
        await guest.ReleaseAsync(holds[0]);
        Assert.That((await entry.OfferAsync())?.Start, Is.EqualTo(days[0]));

        var outage = await guest.SendAsync(
            HttpMethod.Post, "/clinic/outages", new { resourceId = resource, from = days[0].AddHours(-1), to = days[1].AddDays(1), reason = "Coil" }, token: clinic);
        Assert.That(outage.Status, Is.EqualTo(HttpStatusCode.Created), outage.Body.ToString());
        var shown = await entry.ShowAsync();
        Assert.That((shown.Text("state"), shown.Body.GetProperty("lapsesLeft").GetInt32()), Is.EqualTo(("waiting", 3)));
        var id = await Market.ScalarAsync("SELECT id FROM outages WHERE resource_id = $1", resource);
        var ended = await guest.SendAsync(HttpMethod.Post, $"/clinic/outages/{id}/end", token: clinic);
        Assert.That((int)ended.Status, Is.LessThan(300), ended.Body.ToString());
        Assert.That((await entry.OfferAsync())?.Start, Is.EqualTo(days[1]), "the first one was let go with the machine");
    }

    [Test]
    public async Task A_window_that_is_past_ends_the_wait()
    {
        var market = await Waiting.OneStartADayAsync();
        var day = Waiting.Day(5);
        await Market.NewGuest().HoldAsync(market, day);
        var entry = await Waiting.JoinAsync(market, day);
        await Market.ScalarAsync("UPDATE waitlist_entries SET from_at = now() - interval '2 days', to_at = now() - interval '1 day' WHERE id = $1", entry.Id);
        Assert.That((await entry.ShowAsync()).Text("endedBecause"), Is.EqualTo("window-past"), "before any worker came by");
        await Waiting.EndPastAsync();
        Assert.That(await market.CountAsync("SELECT count(*) FROM waitlist_entries WHERE id = $1 AND state = 'ended' AND person IS NULL", entry.Id), Is.EqualTo(1));
        Assert.That(await market.CountAsync("SELECT count(*) FROM waitlist_people WHERE entry_id = $1", entry.Id), Is.Zero);
    }

    [Test]
    public async Task Late_money_for_an_offer_books_it_and_lets_a_second_offer_go()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, first, second) = (Market.NewGuest(), Waiting.Day(5), Waiting.Day(6));
        var holds = new[] { await guest.HoldAsync(market, first), await guest.HoldAsync(market, second) };
        var entry = await Waiting.JoinAsync(market, first, second);
        await guest.ReleaseAsync(holds[0]);
        var offer = (await entry.OfferAsync())!;
        var booking = await guest.PlaceAsync(new Held(offer.HoldId, entry.Key, offer.ExpiresAt));
        await Market.LapseAsync(offer.HoldId);
        await Steps.SweepAsync();
        await guest.ReleaseAsync(holds[1]);
        Assert.That((await entry.OfferAsync())?.Start, Is.EqualTo(second));
        await Steps.PayAsync(booking);
        Assert.That(await entry.StateAsync(), Is.EqualTo("booked"));
        Assert.That(await Waiting.LetGoOfSecondAsync(), Is.True);
        Assert.That(await market.FreeAsync(second), Is.EqualTo(new[] { second }));
    }

    private static string Agency() => Running.App.Tokens.For(sub: $"agent-{Guid.NewGuid():N}", org: Guid.NewGuid(), orgKind: "agency", roles: ["agent"]);
}
