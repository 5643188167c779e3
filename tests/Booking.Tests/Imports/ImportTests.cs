using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MassTransit;
using MedTourism.Booking.Imports;
using MedTourism.Contracts.Booking;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests.Imports;

public sealed class ImportTests
{
    private static readonly DateTimeOffset Day = Market.At(6, "09:00");

    [Test]
    public async Task What_the_other_system_takes_is_not_sold_here()
    {
        await using var other = await OtherSystem.StartAsync();
        other.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 1), OtherSystem.Event("b", Day.AddMinutes(30), 1), OtherSystem.Event("c", Day.AddHours(4), 1, "TRANSP:TRANSPARENT\r\n"));
        var (market, guest, import) = await ImportedAsync(other);
        Assert.That(await market.FreeAsync(Day), Does.Not.Contain(Day).And.Not.Contain(Day.AddHours(1)).And.Contain(Day.AddHours(1.5)).And.Contain(Day.AddHours(4)));
        Assert.That((await guest.TryHoldAsync(market, Day.AddHours(1))).Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day, Day.AddHours(1.5)) }), "overlapping events are one block");
        await Steps.HeardAsync<AvailabilityChanged>(x => x.CenterId == market.CenterId);

        var shown = await ShowAsync(guest, market, import);
        Assert.That((shown.Text("state"), shown.Body.GetProperty("events").GetInt32(), shown.Body.GetProperty("times").GetInt32()), Is.EqualTo(("read", 3, 2)));
        Assert.That(shown.Text("address"), Is.EqualTo($"{other.Url.GetLeftPart(UriPartial.Authority)}/…"), "the path may be a secret");
        Assert.That(shown.Time("coversUntil"), Is.GreaterThan(Market.Now.AddDays(179)));
        Assert.That(await Market.ScalarAsync("SELECT count(*) FROM imported_times t WHERE t.import_id = $1 AND t::text ILIKE '%ivanov%'", import), Is.EqualTo(0L));
    }

    [Test]
    public async Task The_address_is_sealed_in_the_database_and_what_was_stored_openly_is_sealed_at_start()
    {
        await using var other = await OtherSystem.StartAsync();
        other.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 1));
        var url = $"{other.Url.AbsoluteUri}?secret={Guid.NewGuid():N}";
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        var import = await RegisterAsync(guest, market, url);
        Assert.That(await SealedAsync(), Is.True);
        Assert.That(await RegisterAsync(guest, market, url), Is.EqualTo(import), "the same address is the same import");

        await Market.ScalarAsync("UPDATE imports SET url = $2, url_hash = NULL WHERE id = $1", import, url);
        var addresses = Running.App.Services.GetRequiredService<ImportAddresses>();
        await addresses.StartAsync(CancellationToken.None);
        Assert.That(await SealedAsync(), Is.True);
        await ReadAgainAsync(import, changed: true);
        Assert.That((await ShowAsync(guest, market, import)).Text("state"), Is.EqualTo("read"), "and goes on to be read");
        Assert.That(await RegisterAsync(guest, market, url), Is.EqualTo(import));

        var stored = (string)(await Market.ScalarAsync("SELECT url FROM imports WHERE id = $1", import))!;
        await Market.ScalarAsync("UPDATE imports SET url = $2 WHERE id = $1", import, addresses.Seal(Guid.NewGuid(), url));
        await ReadAgainAsync(import, changed: true);
        var lost = await ShowAsync(guest, market, import);
        Assert.That((lost.Text("state"), lost.Body.GetProperty("problem").GetProperty("code").GetString(), lost.Text("address")), Is.EqualTo(("failing", "address-lost", "…")), "copied from another row it does not open");
        Assert.That(stored, Does.StartWith("v1:"));

        async Task<bool> SealedAsync() =>
            (long)(await Market.ScalarAsync("SELECT count(*) FROM imports i WHERE i.id = $1 AND i::text NOT LIKE '%secret=%' AND url NOT LIKE '%127.0.0.1%' AND url_hash IS NOT NULL", import))! == 1;
    }

    [Test]
    public async Task A_paused_calendar_is_not_read_and_keeps_its_time_taken()
    {
        await using var other = await OtherSystem.StartAsync();
        other.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 1));
        var (market, guest, import) = await ImportedAsync(other);
        var token = Clinic.Token(market.CenterId);
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/{import}/pause", token: Clinic.Token("elsewhere"))).Slug, Is.EqualTo("import-unknown"));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/{import}/pause", token: token)).Status, Is.EqualTo(HttpStatusCode.NoContent));

        other.Calendar = OtherSystem.File();
        await Market.ScalarAsync("UPDATE imports SET next_read_at = now(), last_tried_at = NULL WHERE id = $1", import);
        await ReadDueAsync();
        var paused = await ShowAsync(guest, market, import);
        Assert.That((other.Asked, paused.Time("pausedAt") <= Market.Now, paused.Body.GetProperty("nextReadAt").ValueKind), Is.EqualTo((1, true, System.Text.Json.JsonValueKind.Null)));
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day, Day.AddHours(1)) }));

        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/{import}/resume", token: token)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        await ReadDueAsync();
        await Eventually.That(async () => (await BlocksAsync(market)).Count == 0, "It was not read again.");
    }

    [Test]
    public async Task Only_changes_are_written()
    {
        await using var other = await OtherSystem.StartAsync();
        other.Calendar = OtherSystem.File(OtherSystem.Event("stays", Day, 1), OtherSystem.Event("moves", Day.AddHours(2), 1), OtherSystem.Event("goes", Day.AddHours(4), 1));
        var (market, _, import) = await ImportedAsync(other);
        var before = await RowsAsync(market, import);
        other.Calendar = OtherSystem.File(OtherSystem.Event("stays", Day, 1), OtherSystem.Event("moves", Day.AddHours(6), 1), OtherSystem.Event("comes", Day.AddHours(5), 0.5));
        await ReadAgainAsync(import);
        var after = await RowsAsync(market, import);
        Assert.That(after.Blocks.Intersect(before.Blocks).Count(), Is.EqualTo(1), "the block of what stays is the same row");
        Assert.That(after.Times.Intersect(before.Times).Single(), Does.StartWith("stays "), "with the version of the row it was");
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day, Day.AddHours(1)), (Day.AddHours(5), Day.AddHours(5.5)), (Day.AddHours(6), Day.AddHours(7)) }));

        await ReadAgainAsync(import);
        Assert.That((other.Asked, other.Unchanged), Is.EqualTo((3, 1)), "asked with the ETag, answered 304");
        Assert.That(await RowsAsync(market, import), Is.EqualTo(after).UsingPropertiesComparer());
    }

    [Test]
    public async Task What_is_booked_here_stays_is_listed_as_a_conflict_and_the_rest_of_the_hour_is_blocked()
    {
        await using var other = await OtherSystem.StartAsync();
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        var booking = await guest.BookAsync(market, Day.AddHours(1));
        await Steps.PayAsync(booking);
        other.Calendar = OtherSystem.File(OtherSystem.Event("long", Day, 4));
        var import = await AddAsync(guest, market, other);
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day, Day.AddHours(1)), (Day.AddHours(2), Day.AddHours(4)) }));
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));

        var conflict = (await ConflictsAsync(guest, market)).Single();
        Assert.That((conflict.GetProperty("uid").GetString(), conflict.GetProperty("reference").GetString(), conflict.GetProperty("state").GetString(), conflict.GetProperty("sessionNumber").GetInt32()),
            Is.EqualTo(("long", booking.Reference, "booked", 1)));
        Assert.That((conflict.GetProperty("takenFrom").GetDateTimeOffset(), conflict.GetProperty("start").GetDateTimeOffset()), Is.EqualTo((Day.AddHours(1), Day)));
        Assert.That((await ShowAsync(guest, market, import)).Body.GetProperty("conflicts").GetInt32(), Is.EqualTo(1));
        Assert.That(await ConflictsAsync(guest, await Market.OpenAsync()), Is.Empty, "nobody else's business");

        // Let go here, it is still taken there: it must not be free for a moment.
        Assert.That((await guest.CancelAsync(booking, Market.Deposit)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await market.FreeAsync(Day), Does.Not.Contain(Day.AddHours(1)).And.Contain(Day.AddHours(4)));
        Assert.That(await ConflictsAsync(guest, market), Is.Empty);
        await ReadAgainAsync(import, changed: true);
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day, Day.AddHours(4)) }), "the next reading makes one block of them");
    }

    [Test]
    public async Task A_hold_that_lapses_over_imported_time_leaves_it_blocked()
    {
        await using var other = await OtherSystem.StartAsync();
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        var hold = await guest.HoldAsync(market, Day);
        other.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 2));
        await AddAsync(guest, market, other);
        Assert.That((await ConflictsAsync(guest, market)).Single().GetProperty("state").GetString(), Is.EqualTo("held"));
        await Market.LapseAsync(hold.Id);
        await Steps.SweepAsync();
        Assert.That(await market.FreeAsync(Day), Does.Not.Contain(Day).And.Contain(Day.AddHours(2)));
        Assert.That((await Market.NewGuest().TryHoldAsync(market, Day)).Status, Is.EqualTo(HttpStatusCode.Conflict));
    }

    [Test]
    public async Task Holding_and_importing_the_same_hour_at_once_gives_it_to_one_of_them()
    {
        for (var round = 0; round < 8; round++)
        {
            await using var other = await OtherSystem.StartAsync();
            var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
            other.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 4));
            var import = await RegisterAsync(guest, market, other.Url.AbsoluteUri);
            var (holding, reading) = (guest.TryHoldAsync(market, Day.AddHours(1)), ReadDueAsync());
            await Task.WhenAll(holding, reading);
            await WrittenAsync(import);
            var held = (await holding).Status == HttpStatusCode.Created;
            // The service's own worker may have taken the reading.
            await Eventually.That(async () => (await ShowAsync(guest, market, import)).Text("state") == "read", "The calendar was not read.");
            (DateTimeOffset, DateTimeOffset)[] blocks = held ? [(Day, Day.AddHours(1)), (Day.AddHours(2), Day.AddHours(4))] : [(Day, Day.AddHours(4))];
            Assert.That(await BlocksAsync(market), Is.EqualTo(blocks), "whoever is first, the rest of the event is blocked");
            Assert.That(await ConflictsAsync(guest, market), Has.Count.EqualTo(held ? 1 : 0));
            Assert.That((await ShowAsync(guest, market, import)).Text("state"), Is.EqualTo("read"));
        }
    }

    [Test]
    public async Task Removing_one_of_two_calendars_frees_only_what_the_other_does_not_say()
    {
        await using var first = await OtherSystem.StartAsync();
        await using var second = await OtherSystem.StartAsync();
        first.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 2));
        second.Calendar = OtherSystem.File(OtherSystem.Event("b", Day.AddHours(1), 2));
        var (market, guest, import) = await ImportedAsync(first);
        var other = await AddAsync(guest, market, second);
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day, Day.AddHours(3)) }));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/imports/{import}", token: Clinic.Token(market.CenterId))).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day.AddHours(1), Day.AddHours(3)) }));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/imports/{other}", token: Clinic.Token(market.CenterId))).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await BlocksAsync(market), Is.Empty);
        Assert.That(await market.FreeAsync(Day), Does.Contain(Day));
    }

    [Test]
    public async Task A_calendar_that_fails_keeps_its_time_taken_and_is_asked_less_and_less_often()
    {
        await using var other = await OtherSystem.StartAsync();
        other.Calendar = OtherSystem.File(OtherSystem.Event("a", Day, 1));
        var (market, guest, import) = await ImportedAsync(other);
        var waits = new List<double>();
        foreach (var answer in new RequestDelegateOf[] { new(503, ""), new(200, "<html>Sign in</html>"), new(302, ""), new(200, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n") })
        {
            other.Answer = answer.AnswerAsync;
            await ReadAgainAsync(import);
            waits.Add((double)(await Market.ScalarAsync("SELECT round(extract(epoch FROM next_read_at - now()) / 60)::float8 FROM imports WHERE id = $1", import))!);
        }

        var shown = await ShowAsync(guest, market, import);
        Assert.That((shown.Text("state"), shown.Body.GetProperty("problem").GetProperty("code").GetString()), Is.EqualTo(("failing", "cut-off")));
        Assert.That(waits, Is.EqualTo(new[] { 15.0, 30, 60, 120 }));
        Assert.That(await BlocksAsync(market), Has.Count.EqualTo(1));

        other.Answer = null;
        await ReadAgainAsync(import);
        Assert.That((await ShowAsync(guest, market, import)).Text("state"), Is.EqualTo("read"));
    }

    [Test]
    public async Task Many_readers_read_each_calendar_once()
    {
        await using var other = await OtherSystem.StartAsync();
        var (market, guest) = (await Market.OpenAsync(lanes: 5), Market.NewGuest());
        var imports = new List<Guid>();
        foreach (var resource in await Clinic.ResourcesAsync(guest, market.CenterId))
        {
            imports.Add(await RegisterAsync(guest, market, other.Url.AbsoluteUri, resource));
        }

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ReadDueAsync()));
        foreach (var import in imports)
        {
            await WrittenAsync(import);
        }

        Assert.That(other.Asked, Is.EqualTo(5));
    }

    [Test]
    public async Task An_uploaded_file_takes_time_and_its_next_version_replaces_it()
    {
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        var resource = (await Clinic.ResourcesAsync(guest, market.CenterId))[0];
        var filler = string.Concat(Enumerable.Repeat("X-FILLER:" + new string('x', 60) + "\r\n", 8_000)); // larger than other requests may be
        var first = await UploadAsync(guest, market, resource, OtherSystem.File(OtherSystem.Event("a", Day, 1), filler));
        Assert.That((first.Status, first.Text("kind"), first.Text("state"), first.Body.GetProperty("times").GetInt32()), Is.EqualTo((HttpStatusCode.OK, "file", "read", 1)), first.Body.ToString());
        var second = await UploadAsync(guest, market, resource, OtherSystem.File(OtherSystem.Event("a", Day.AddHours(3), 1)));
        Assert.That(second.Id("id"), Is.EqualTo(first.Id("id")));
        Assert.That(await BlocksAsync(market), Is.EqualTo(new[] { (Day.AddHours(3), Day.AddHours(4)) }));

        var refused = await UploadAsync(guest, market, resource, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n");
        Assert.That((refused.Slug, refused.Text("code")), Is.EqualTo(("calendar-refused", "cut-off")));
        Assert.That((await UploadAsync(guest, market, resource, new string('x', 2_100_000))).Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await BlocksAsync(market), Has.Count.EqualTo(1), "what cannot be read changes nothing");
    }

    [Test]
    public async Task A_guess_is_told_to_the_clinic()
    {
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        var resource = (await Clinic.ResourcesAsync(guest, market.CenterId))[0];
        var local = TimeZoneInfo.ConvertTime(Day, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).ToString("yyyyMMdd'T'HHmmss");
        var upload = await UploadAsync(guest, market, resource, OtherSystem.File($"BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Our clock:{local}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"));
        Assert.That(upload.Body.GetProperty("notes")[0].ToString(), Does.Contain("zone-unknown").And.Contain("Our clock"));
        var guesses = (await guest.SendAsync(HttpMethod.Get, "/clinic/imports/conflicts", token: Clinic.Token(market.CenterId))).Body.GetProperty("guesses");
        Assert.That((guesses[0].GetProperty("reason").GetString(), guesses[0].GetProperty("start").GetDateTimeOffset()), Is.EqualTo(("zone-unknown", Day)));
    }

    [Test]
    public async Task An_import_belongs_to_its_center_and_to_those_who_may_change_it()
    {
        await using var other = await OtherSystem.StartAsync();
        var (market, guest, import) = await ImportedAsync(other);
        var resource = (await Clinic.ResourcesAsync(guest, market.CenterId))[0];
        var (elsewhere, reader) = (Clinic.Token("elsewhere"), Clinic.Token(market.CenterId, "reader"));
        Assert.Multiple(async () =>
        {
            Assert.That((await guest.SendAsync(HttpMethod.Get, $"/clinic/imports/{import}", token: elsewhere)).Slug, Is.EqualTo("import-unknown"));
            Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/imports/{import}", token: elsewhere)).Slug, Is.EqualTo("import-unknown"));
            Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/{import}/read", token: elsewhere)).Slug, Is.EqualTo("import-unknown"));
            Assert.That((await guest.SendAsync(HttpMethod.Get, "/clinic/imports", token: elsewhere)).Body.GetArrayLength(), Is.Zero);
            Assert.That((await guest.SendAsync(HttpMethod.Post, "/clinic/imports", new { resourceId = resource, url = other.Url }, token: elsewhere)).Slug, Is.EqualTo("resource-unknown"));
            Assert.That((await UploadAsync(guest, market, resource, OtherSystem.File(), elsewhere)).Slug, Is.EqualTo("resource-unknown"));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Post, "/clinic/imports", new { resourceId = resource, url = other.Url }, token: reader)).Status, Is.EqualTo(403));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, "/clinic/imports")).Status, Is.EqualTo(401));
        });
    }

    [Test]
    public async Task The_same_address_twice_is_one_import_and_reading_again_has_its_pause()
    {
        await using var other = await OtherSystem.StartAsync();
        var (market, guest, import) = await ImportedAsync(other);
        Assert.That(await RegisterAsync(guest, market, other.Url.AbsoluteUri), Is.EqualTo(import));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/{import}/read", token: Clinic.Token(market.CenterId))).Slug, Is.EqualTo("import-read-recently"));
        await Market.ScalarAsync("UPDATE imports SET last_tried_at = now() - interval '2 minutes' WHERE id = $1", import);
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/{import}/read", token: Clinic.Token(market.CenterId))).Status, Is.EqualTo(HttpStatusCode.Accepted));
        await TestKit.Eventually.That(() => other.Asked == 2, "The worker was not woken.");
        var codes = new List<string>();
        for (var i = 0; i < 11; i++)
        {
            codes.Add((await TryRegisterAsync(guest, market, $"{other.Url}?n={i}")).Slug);
        }

        Assert.That(codes.Count(x => x == "too-many-imports"), Is.EqualTo(2), "ten for one resource");
    }

    private static async Task<(Market Market, Guest Guest, Guid Import)> ImportedAsync(OtherSystem other)
    {
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        return (market, guest, await AddAsync(guest, market, other));
    }

    private static async Task<Guid> AddAsync(Guest guest, Market market, OtherSystem other)
    {
        var import = await RegisterAsync(guest, market, other.Url.AbsoluteUri);
        await ReadDueAsync();
        await WrittenAsync(import);
        return import;
    }

    private static async Task<Guid> RegisterAsync(Guest guest, Market market, string url, Guid? resource = null)
    {
        var reply = await TryRegisterAsync(guest, market, url, resource);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        return reply.Id("id");
    }

    private static async Task<Reply> TryRegisterAsync(Guest guest, Market market, string url, Guid? resource = null) => await guest.SendAsync(
        HttpMethod.Post, "/clinic/imports", new { resourceId = resource ?? (await Clinic.ResourcesAsync(guest, market.CenterId))[0], url }, token: Clinic.Token(market.CenterId));

    private static async Task ReadAgainAsync(Guid import, bool changed = false)
    {
        await Market.ScalarAsync("UPDATE imports SET next_read_at = now(), etag = CASE WHEN $2 THEN NULL ELSE etag END WHERE id = $1", import, changed);
        await ReadDueAsync();
        await WrittenAsync(import);
    }

    /// <summary>The service's own worker may have been first: then its outcome is waited for. A claim is for five minutes, an outcome for fifteen and more.</summary>
    private static Task WrittenAsync(Guid import) => TestKit.Eventually.That(
        async () => (bool)(await Market.ScalarAsync("SELECT next_read_at > now() + interval '10 minutes' FROM imports WHERE id = $1", import))!, "The calendar was not read.");

    private static async Task ReadDueAsync()
    {
        bool more;
        do
        {
            await using var scope = Running.App.Services.CreateAsyncScope();
            more = await scope.ServiceProvider.GetRequiredService<ReadImports>().RunOnceAsync(
                scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), CancellationToken.None);
        }
        while (more);
    }

    private static Task<Reply> ShowAsync(Guest guest, Market market, Guid import) =>
        guest.SendAsync(HttpMethod.Get, $"/clinic/imports/{import}", token: Clinic.Token(market.CenterId));

    private static async Task<List<System.Text.Json.JsonElement>> ConflictsAsync(Guest guest, Market market) =>
        [.. (await guest.SendAsync(HttpMethod.Get, "/clinic/imports/conflicts", token: Clinic.Token(market.CenterId))).Body.GetProperty("conflicts").EnumerateArray()];

    private static async Task<Reply> UploadAsync(Guest guest, Market market, Guid resource, string file, string? token = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(file));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/calendar");
        return await guest.SendAsync(HttpMethod.Post, $"/clinic/imports/file?resourceId={resource}&name=ward.ics", token: token ?? Clinic.Token(market.CenterId), content: content);
    }

    private static async Task<List<(DateTimeOffset, DateTimeOffset)>> BlocksAsync(Market market)
    {
        var text = await Market.ScalarAsync(
            "SELECT string_agg(a.starts_at::text || '|' || a.ends_at, ';' ORDER BY a.starts_at) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE r.center_id = $1 AND a.imported AND a.state = 'blocked' AND a.reason = 'imported'",
            market.CenterId) as string;
        return [.. (text ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries).Select(x => (DateTimeOffset.Parse(x.Split('|')[0]), DateTimeOffset.Parse(x.Split('|')[1])))];
    }

    private sealed record Rows(string[] Blocks, string[] Times);

    private static async Task<Rows> RowsAsync(Market market, Guid import) => new(
        (string[])(await Market.ScalarAsync("SELECT array_agg(a.id || ' ' || a.xmin ORDER BY a.starts_at) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE r.center_id = $1 AND a.imported", market.CenterId))!,
        (string[])(await Market.ScalarAsync("SELECT array_agg(uid || ' ' || starts_at || ' ' || xmin ORDER BY uid) FROM imported_times WHERE import_id = $1", import))!);

    private sealed record RequestDelegateOf(int Status, string Body)
    {
        public async Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext http)
        {
            http.Response.StatusCode = Status;
            http.Response.Headers.Location = Status == 302 ? "http://127.0.0.1/other" : default;
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body));
        }
    }
}
