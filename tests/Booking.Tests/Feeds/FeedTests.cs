using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace MedTourism.Booking.Tests.Feeds;

public sealed class FeedTests
{
    private const string Neutral = "Appointment";

    [Test]
    public async Task A_visit_is_one_event_that_two_calendar_programs_read_alike()
    {
        var (market, guest, booking, start) = await BookedAsync();
        var told = (await CalendarReaders.ReadAsync(await ReadAsync(await OpenAsync(guest, booking, new { neutralTitle = false, culture = "ru" })))).Single();
        Assert.That(told, Is.EqualTo(new CalendarReaders.Told($"{booking.Reference}@medtourism", 1, "CONFIRMED", "МРТ головы", "Demo Center", start, start.AddMinutes(market.Minutes))));
    }

    [Test]
    public async Task A_neutral_calendar_names_neither_treatment_nor_center_nor_how_much_there_is_of_it()
    {
        var (_, guest, booking, _) = await BookedAsync();
        await AddSessionsAsync(booking, 3);
        var file = await ReadAsync(await OpenAsync(guest, booking, new { culture = "en" })); // the contact of these tests asked for neutral titles
        Assert.That(file, Does.Not.Contain("MRI").And.Not.Contain("Demo Center").And.Not.Contain("LOCATION").And.Not.Contain("Muster"));
        Assert.That((await CalendarReaders.ReadAsync(file)).Select(x => x.Summary), Is.EqualTo(new[] { Neutral, Neutral, Neutral, Neutral }));
    }

    [Test]
    public async Task Every_session_has_an_event_and_keeps_its_uid_when_it_moves_and_when_all_is_cancelled()
    {
        var (market, guest, booking, start) = await BookedAsync();
        var sessions = await AddSessionsAsync(booking, 2);
        var path = await OpenAsync(guest, booking, new { neutralTitle = false, culture = "en" });
        var first = await CalendarReaders.ReadAsync(await ReadAsync(path));
        Assert.That(first.Select(x => (x.Uid, x.Sequence, x.Summary)), Is.EqualTo(new[]
        {
            ($"{booking.Reference}@medtourism", 1, "MRI of the head · 1/3"), ($"{sessions[0]}@medtourism", 0, "MRI of the head · 2/3"), ($"{sessions[1]}@medtourism", 0, "MRI of the head · 3/3"),
        }));

        await Market.ScalarAsync("UPDATE sessions SET starts_at = starts_at + interval '2 hours', ends_at = ends_at + interval '2 hours', sequence = sequence + 1 WHERE id = $1", sessions[0]);
        var moved = await CalendarReaders.ReadAsync(await ReadAsync(path));
        Assert.That(moved[1], Is.EqualTo(first[1] with { Sequence = 1, Start = first[1].Start.AddHours(2), End = first[1].End.AddHours(2) }));
        Assert.That((moved[0], moved[2]), Is.EqualTo((first[0], first[2])));

        Assert.That((await guest.CancelAsync(booking, Market.Deposit)).Status, Is.EqualTo(HttpStatusCode.OK));
        var cancelled = await CalendarReaders.ReadAsync(await ReadAsync(path));
        Assert.That(cancelled.Select(x => (x.Uid, x.Sequence, x.Status)), Is.EqualTo(first.Zip([2, 2, 1], (x, sequence) => (x.Uid, sequence, "CANCELLED"))));
        Assert.That(cancelled[0].Start, Is.EqualTo(start));

        await Market.ScalarAsync("ALTER TABLE sessions DISABLE TRIGGER sessions_note_change");
        await Market.ScalarAsync("UPDATE sessions SET changed_at = now() - interval '31 days' WHERE booking_id = $1", booking.Id);
        await Market.ScalarAsync("ALTER TABLE sessions ENABLE TRIGGER sessions_note_change");
        Assert.That(await ReadAsync(path), Does.Not.Contain("BEGIN:VEVENT"), "after 30 days everybody has heard of it");
        Assert.That(market.Minutes, Is.EqualTo(60));
    }

    [Test]
    public async Task The_same_data_give_the_same_octets_and_a_program_that_has_them_gets_none()
    {
        var (_, guest, booking, _) = await BookedAsync();
        var path = await OpenAsync(guest, booking);
        using var first = await GetAsync(path);
        using var second = await GetAsync(path);
        Assert.That(await second.Content.ReadAsByteArrayAsync(), Is.EqualTo(await first.Content.ReadAsByteArrayAsync()));
        Assert.That((first.Content.Headers.ContentType!.ToString(), first.Headers.CacheControl!.ToString()), Is.EqualTo(("text/calendar; charset=utf-8", "max-age=300, private")));
        using var unchanged = await GetAsync(path, first.Headers.ETag);
        Assert.That((unchanged.StatusCode, (await unchanged.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.NotModified, 0)));

        await Market.ScalarAsync("UPDATE sessions SET starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour' WHERE booking_id = $1", booking.Id);
        using var changed = await GetAsync(path, first.Headers.ETag);
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using var head = await Running.App.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative)));
        Assert.That((head.StatusCode, head.Headers.ETag), Is.EqualTo((HttpStatusCode.OK, changed.Headers.ETag)));
    }

    [Test]
    public async Task Lines_end_with_crlf_and_are_at_most_75_octets_whatever_the_names()
    {
        var market = await Market.OpenAsync();
        await market.TellOfferAsync(Market.OneMachine, 2, name: string.Concat(Enumerable.Repeat("Құрметті; ем, \\ 😀\n", 12)));
        var guest = Market.NewGuest();
        await TestKit.Eventually.That(async () => await market.CountAsync("SELECT version FROM offer_terms WHERE offer_id = $1", market.OfferId) == 2, "The new name did not arrive.");
        var booking = await guest.BookAsync(market, Market.At(5));
        await Steps.PayAsync(booking);
        var file = await ReadAsync(await OpenAsync(guest, booking, new { neutralTitle = false, culture = "en" }));
        Assert.That(file.Split("\r\n").Select(Encoding.UTF8.GetByteCount).Max(), Is.EqualTo(75).Or.EqualTo(74).Or.EqualTo(73).Or.EqualTo(72));
        Assert.That(file.Replace("\r\n", "", StringComparison.Ordinal), Does.Not.Contain("\n").And.Not.Contain("\r"));
        Assert.That((await CalendarReaders.ReadAsync(file)).Single().Summary, Is.EqualTo(string.Concat(Enumerable.Repeat("Құрметті; ем, \\ 😀\n", 12))));
    }

    [Test]
    public async Task A_new_address_ends_the_old_one_and_revoking_ends_it_for_good()
    {
        var (_, guest, booking, _) = await BookedAsync();
        var old = await OpenAsync(guest, booking);
        var path = await OpenAsync(guest, booking);
        Assert.That((await StatusAsync(old), await StatusAsync(path)), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.OK)));
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/feed", key: booking.Hold.Key)).Text("covers"), Is.EqualTo("booking"));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/bookings/{booking.Id}/feed", key: booking.Hold.Key)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/bookings/{booking.Id}/feed", key: booking.Hold.Key)).Slug, Is.EqualTo("feed-unknown"));
        Assert.That(await StatusAsync(path), Is.EqualTo(HttpStatusCode.NotFound));
        var token = path["/feeds/".Length..^".ics".Length];
        Assert.That(token, Has.Length.EqualTo(43), "256 random bits");
        Assert.That(await Market.ScalarAsync("SELECT count(*) FROM feeds WHERE token_hash = convert_to($1, 'UTF8')", token), Is.EqualTo(0L), "only hashes are kept");
    }

    [Test]
    public async Task Two_new_addresses_at_once_leave_one_that_works()
    {
        var (_, guest, booking, _) = await BookedAsync();
        var paths = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(guest, booking)));
        var open = await Task.WhenAll(paths.Select(StatusAsync));
        Assert.That(open.Count(x => x == HttpStatusCode.OK), Is.EqualTo(1));
    }

    [Test]
    public async Task An_account_has_one_calendar_of_all_its_bookings_and_a_key_only_that_of_its_own()
    {
        var (market, guest, subject) = (await Market.OpenAsync(lanes: 2), Market.NewGuest(), Guid.NewGuid().ToString());
        var (first, second) = (await guest.BookAsync(market, Market.At(5)), await guest.BookAsync(market, Market.At(6)));
        await Steps.PayAsync(first);
        await Steps.PayAsync(second);
        await Market.ScalarAsync("UPDATE bookings SET patient_subject = $2 WHERE id = ANY($1)", new[] { first.Id, second.Id }, subject);
        var token = Running.App.Tokens.For(sub: subject);
        var account = await guest.SendAsync(HttpMethod.Post, $"/bookings/{first.Id}/feed", new { }, token: token);
        Assert.That(account.Text("covers"), Is.EqualTo("account"));
        Assert.That(await CalendarReaders.ReadAsync(await ReadAsync(account.Text("path"))), Has.Count.EqualTo(2));
        var one = await CalendarReaders.ReadAsync(await ReadAsync(await OpenAsync(guest, second)));
        Assert.That(one.Single().Uid, Does.StartWith(second.Reference));
        Assert.That(await StatusAsync(account.Text("path")), Is.EqualTo(HttpStatusCode.OK), "they do not end each other");

        await Steps.DeliverAsync(new Contracts.Identity.AccountErased(Guid.Parse(subject), Market.Now));
        Assert.That(await StatusAsync(account.Text("path")), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Strangers_clinics_and_other_patients_open_no_calendar_of_a_booking()
    {
        var (market, guest, booking, _) = await BookedAsync();
        var (_, other, foreign, _) = await BookedAsync();
        Assert.Multiple(async () =>
        {
            Assert.That((await other.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/feed", new { }, foreign.Hold.Key)).Slug, Is.EqualTo("booking-unknown"));
            Assert.That((await other.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/feed", new { })).Slug, Is.EqualTo("booking-unknown"));
            Assert.That((await guest.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/feed", new { }, token: Clinic.Token(market.CenterId))).Slug, Is.EqualTo("booking-unknown"));
            Assert.That(await StatusAsync($"/feeds/{Guid.NewGuid():N}.ics"), Is.EqualTo(HttpStatusCode.NotFound));
        });
    }

    [Test]
    public async Task A_machine_s_calendar_has_references_only_and_belongs_to_its_center()
    {
        var (market, guest, booking, start) = await BookedAsync();
        var (token, resource) = (Clinic.Token(market.CenterId), (await Clinic.ResourcesAsync(guest, market.CenterId))[0]);
        var opened = await guest.SendAsync(HttpMethod.Post, $"/clinic/resources/{resource}/feed", new { }, token: token);
        var file = await ReadAsync(opened.Text("path"));
        var told = (await CalendarReaders.ReadAsync(file)).Single();
        Assert.That(told, Is.EqualTo(new CalendarReaders.Told($"{booking.Reference}@medtourism", 1, "CONFIRMED", booking.Reference, null, start, start.AddHours(1))));
        Assert.That(file, Does.Not.Contain("Muster").And.Not.Contain("Erika").And.Not.Contain("MRI of").And.Not.Contain("@example.org"));

        var elsewhere = Clinic.Token("elsewhere");
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/resources/{resource}/feed", new { }, token: elsewhere)).Slug, Is.EqualTo("resource-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/resources/{resource}/feed", token: elsewhere)).Slug, Is.EqualTo("feed-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Get, "/clinic/feeds", token: elsewhere)).Body.GetArrayLength(), Is.Zero);
        var list = await guest.SendAsync(HttpMethod.Get, "/clinic/feeds", token: token);
        Assert.That(list.Body[0].GetProperty("lastReadAt").GetDateTimeOffset(), Is.GreaterThan(Market.Now.AddMinutes(-5)));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/resources/{resource}/feed", token: token)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await StatusAsync(opened.Text("path")), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_session_that_goes_to_another_machine_is_cancelled_in_the_calendar_of_the_first()
    {
        var (market, guest, start) = (await Market.OpenAsync(lanes: 2), Market.NewGuest(), Market.At(5));
        var booking = await guest.BookAsync(market, start);
        await Steps.PayAsync(booking);
        var resources = await Clinic.ResourcesAsync(guest, market.CenterId);
        var here = ((Guid[])(await Market.ScalarAsync("SELECT resource_ids FROM sessions WHERE id = $1", booking.Id))!).Single();
        var there = resources.Single(id => id != here);
        var (old, other) = (await OpenResourceAsync(guest, market, here), await OpenResourceAsync(guest, market, there));
        var before = (await CalendarReaders.ReadAsync(await ReadAsync(old))).Single();

        await MoveAsync(booking, there, "2 hours");
        var gone = (await CalendarReaders.ReadAsync(await ReadAsync(old))).Single();
        Assert.That(gone, Is.EqualTo(before with { Status = "CANCELLED", Sequence = before.Sequence + 1 }), "at the time it had here");
        var come = (await CalendarReaders.ReadAsync(await ReadAsync(other))).Single();
        Assert.That(come, Is.EqualTo(before with { Sequence = before.Sequence + 1, Start = before.Start.AddHours(2), End = before.End.AddHours(2) }));

        await MoveAsync(booking, here, "0 hours");
        Assert.That((await CalendarReaders.ReadAsync(await ReadAsync(old))).Select(x => x.Status), Is.EqualTo(new[] { "CONFIRMED" }), "it came back");
        Assert.That((await CalendarReaders.ReadAsync(await ReadAsync(other))).Select(x => x.Status), Is.EqualTo(new[] { "CANCELLED" }));

        await Market.ScalarAsync("UPDATE session_departures SET left_at = now() - interval '31 days' WHERE session_id = $1", booking.Id);
        Assert.That(await ReadAsync(other), Does.Not.Contain("BEGIN:VEVENT"), "after 30 days everybody has heard of it");
    }

    [Test]
    public async Task One_address_cannot_ask_without_end()
    {
        var (_, guest, booking, _) = await BookedAsync();
        var path = await OpenAsync(guest, booking);
        var last = HttpStatusCode.OK;
        for (var i = 0; i <= 2 * Running.FeedsPerMinute && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Add("X-Forwarded-For", "192.0.2.77");
            using var response = await Running.App.Client.SendAsync(request);
            last = response.StatusCode;
        }

        Assert.That(last, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    private static async Task<(Market Market, Guest Guest, Placed Booking, DateTimeOffset Start)> BookedAsync()
    {
        var (market, guest, start) = (await Market.OpenAsync(), Market.NewGuest(), Market.At(5));
        var booking = await guest.BookAsync(market, start);
        await Steps.PayAsync(booking);
        return (market, guest, booking, start);
    }

    /// <summary>More sessions of a booking on the days after its first, as a course has them.</summary>
    private static async Task<List<Guid>> AddSessionsAsync(Placed booking, int count)
    {
        var ids = new List<Guid>();
        for (var i = 1; i <= count; i++)
        {
            ids.Add((Guid)(await Market.ScalarAsync(
                """
                INSERT INTO sessions (id, hold_id, booking_id, number, phase, starts_at, ends_at, resource_ids, state)
                SELECT gen_random_uuid(), hold_id, booking_id, 1 + $2, 'fraction', starts_at + make_interval(days => $2), ends_at + make_interval(days => $2), resource_ids, 'booked'
                FROM sessions WHERE id = $1 RETURNING id
                """,
                booking.Id, i))!);
        }

        return ids;
    }

    [Test]
    public async Task A_request_sent_twice_gets_the_address_twice_and_the_kept_answer_cannot_be_read()
    {
        var (market, guest, key) = (await Market.OpenAsync(), Market.NewGuest(), Guid.NewGuid().ToString());
        var (booking, other) = (await guest.BookAsync(market, Market.At(5)), await guest.BookAsync(market, Market.At(6)));
        var (first, again) = (await AskAsync(booking), await AskAsync(booking));
        Assert.That((first.Status, again.Status), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created)));
        Assert.That(again.Body.ToString(), Is.EqualTo(first.Body.ToString()));
        Assert.That(again.Headers.Contains("Idempotent-Replayed"), Is.True);
        Assert.That(await ReadAsync(first.Text("path")), Does.StartWith("BEGIN:VCALENDAR"));

        var route = $"POST /bookings/{booking.Id}/feed";
        var kept = (byte[])(await Market.ScalarAsync("SELECT body FROM idempotency WHERE route = $1 AND key = $2", route, key))!;
        var secret = first.Text("path").Split('/', '.')[2];
        Assert.That(kept.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)), Is.EqualTo(-1));
        Assert.That(await market.CountAsync("SELECT count(*) FROM idempotency WHERE position(convert_to($1, 'UTF8') IN body) > 0", booking.Hold.Key), Is.Zero, "nor the key of the hold");

        // One answer does not open in another's row.
        await AskAsync(other);
        await Market.ScalarAsync("UPDATE idempotency SET body = $1 WHERE route = $2 AND key = $3", kept, $"POST /bookings/{other.Id}/feed", key);
        Assert.That((await AskAsync(other)).Slug, Is.EqualTo("answer-lost"));

        // An earlier release kept it openly; it is still given again.
        await Market.ScalarAsync("UPDATE idempotency SET body = convert_to($1, 'UTF8') WHERE route = $2 AND key = $3", first.Body.GetRawText(), route, key);
        Assert.That((await AskAsync(booking)).Text("path"), Is.EqualTo(first.Text("path")));

        Task<Reply> AskAsync(Placed of) => guest.SendAsync(HttpMethod.Post, $"/bookings/{of.Id}/feed", new { }, of.Hold.Key, key);
    }

    private static async Task<string> OpenAsync(Guest guest, Placed booking, object? request = null)
    {
        var opened = await guest.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/feed", request ?? new { }, booking.Hold.Key);
        Assert.That(opened.Status, Is.EqualTo(HttpStatusCode.Created), opened.Body.ToString());
        return opened.Text("path");
    }

    private static async Task<string> OpenResourceAsync(Guest guest, Market market, Guid resource) =>
        (await guest.SendAsync(HttpMethod.Post, $"/clinic/resources/{resource}/feed", new { }, token: Clinic.Token(market.CenterId))).Text("path");

    /// <summary>As a repair or a patient's move writes it: the session and its booking change in one transaction.</summary>
    private static Task<object?> MoveAsync(Placed booking, Guid resource, string later) => Market.ScalarAsync(
        """
        WITH moved AS (
            UPDATE sessions SET resource_ids = ARRAY[$2], starts_at = starts_at + $3::interval, ends_at = ends_at + $3::interval, sequence = sequence + 1 WHERE id = $1)
        UPDATE bookings SET sequence = sequence + 1 WHERE id = $1
        """,
        booking.Id, resource, later);

    private static async Task<HttpResponseMessage> GetAsync(string path, EntityTagHeaderValue? etag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", $"10.{Random.Shared.Next(200, 250)}.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}");
        if (etag is not null)
        {
            request.Headers.IfNoneMatch.Add(etag);
        }

        return await Running.App.Client.SendAsync(request);
    }

    private static async Task<string> ReadAsync(string path)
    {
        using var response = await GetAsync(path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await GetAsync(path);
        return response.StatusCode;
    }
}
