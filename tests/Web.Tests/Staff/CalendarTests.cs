using System.Net;
using System.Text;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>The clinic's calendars: what is taken from its other systems, what clashes, and the addresses given to them.</summary>
public sealed class CalendarTests
{
    private const string Machine = "00000001-0000-4000-8000-000000000000";
    private const string Failing = "22222222-2222-4222-8222-222222222222";
    private const string File = "33333333-3333-4333-8333-333333333333";
    private const string Page = "/en/console/calendars";
    private const string Adding = "/en/console/calendars/add";

    private const string FailingImport = $$"""
        {"id":"{{Failing}}","resourceId":"{{Machine}}","resourceName":"PET/CT","kind":"url","name":"Ward","address":"https://his.example/…","state":"failing","problem":{"code":"http-status","detail":"x","limit":403},
         "notes":[{"code":"start-unreadable","count":2,"example":"uid-7@his"},{"code":"a-new-code","count":1,"example":null}],"events":9,"times":7,"conflicts":1,"lastReadAt":"2026-12-01T03:00:00+00:00","lastTriedAt":"2026-12-01T05:00:00+00:00",
         "nextReadAt":"2026-12-01T07:00:00+00:00","coversUntil":"2027-05-30T03:00:00+00:00","pausedAt":null,"createdAt":"2026-11-01T03:00:00+00:00"}
        """;

    private const string FileImport = $$"""
        {"id":"{{File}}","resourceId":"{{Machine}}","resourceName":"PET/CT","kind":"file","name":"week.ics","address":null,"state":"read","problem":null,"notes":[],"events":1,"times":1,"conflicts":0,
         "lastReadAt":"2026-12-01T03:00:00+00:00","lastTriedAt":"2026-12-01T03:00:00+00:00","nextReadAt":null,"coversUntil":"2027-05-30T03:00:00+00:00","pausedAt":null,"createdAt":"2026-11-01T03:00:00+00:00"}
        """;

    private const string Clashes = $$"""
        {"conflicts":[{"importId":"{{Failing}}","importName":"Ward","resourceId":"{{Machine}}","resourceName":"PET/CT","uid":"uid-1@his","instance":"","start":"2026-12-01T08:30:00+00:00","end":"2026-12-01T12:00:00+00:00","state":"booked",
          "bookingId":"{{ServiceAnswers.Booking}}","reference":"KZ-4F7Q-92","sessionNumber":3,"takenFrom":"2026-12-01T09:00:00+00:00","takenTo":"2026-12-01T10:00:00+00:00"}],
         "guesses":[{"importId":"{{Failing}}","importName":"Ward","resourceId":"{{Machine}}","resourceName":"PET/CT","uid":"uid-2@his","start":"2026-12-02T08:30:00+00:00","end":"2026-12-02T09:00:00+00:00","reason":"zone-unknown"}]}
        """;

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        foreach (var (request, answer) in new Dictionary<string, string>(ServiceAnswers.All)
        {
            ["GET /clinic/imports"] = $"[{FailingImport},{FileImport}]",
            [$"GET /clinic/imports/{Failing}"] = FailingImport,
            [$"GET /clinic/imports/{File}"] = FileImport,
            ["GET /clinic/imports/conflicts"] = Clashes,
            ["GET /clinic/feeds"] = $$"""[{"resourceId":"{{Machine}}","resourceName":"PET/CT","createdAt":"2026-11-01T03:00:00+00:00","lastReadAt":null}]""",
        })
        {
            site.Identity.Answers[request] = _ => Results.Text(answer, "application/json");
        }

        site.Identity.Answers["POST /clinic/imports"] = _ => Results.Text(FailingImport, "application/json", statusCode: 201);
        site.Identity.Answers["POST /clinic/imports/file"] = _ => Results.Text(FileImport, "application/json");
        site.Identity.Answers[$"POST /clinic/resources/{Machine}/feed"] = _ => Results.Json(new { path = $"/feeds/{new string('q', 43)}.ics", createdAt = "2026-11-01T03:00:00Z" }, statusCode: 201);
        foreach (var request in new[] { $"DELETE /clinic/imports/{Failing}", $"POST /clinic/imports/{Failing}/pause", $"DELETE /clinic/resources/{Machine}/feed" })
        {
            site.Identity.Answers[request] = _ => Results.NoContent();
        }

        site.Identity.Answers[$"POST /clinic/imports/{Failing}/read"] = _ => Refusal("import-read-recently", 409, null);
    }

    [SetUp]
    public void Forget()
    {
        lock (site.Identity.Received)
        {
            site.Identity.Received.Clear();
        }
    }

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public async Task Every_page_has_its_words_in_every_language(string language)
    {
        using var browser = await site.SignInAsync($"cal-{language}", "clinic", "scheduler");
        foreach (var path in new[] { "", "/add", $"/{Failing}", $"/{File}" })
        {
            var response = await browser.GetAsync($"/{language}/console/calendars{path}");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
            Assert.That((await StaffSite.PageAsync(response)).QuerySelectorAll("h1").Single().TextContent, Is.Not.Empty, path);
        }
    }

    [Test]
    public async Task A_clash_shows_both_times_and_leads_to_the_booking()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Page));
        var clash = page.QuerySelectorAll(".clash tbody tr").Single();
        Assert.That(clash.QuerySelectorAll("b").Select(one => one.TextContent), Is.EqualTo(new[] { "14:00–15:00", "13:30–17:00" }));
        Assert.That(clash.TextContent, Does.Contain("KZ-4F7Q-92").And.Contain("session 3").And.Contain("Ward"));
        Assert.That(clash.QuerySelector("a")!.GetAttribute("href"), Is.EqualTo($"/en/console/bookings/{ServiceAnswers.Booking}"));
        Assert.That(page.QuerySelectorAll("main form, main a[href$='/add']"), Is.Empty, "a doctor looks only");
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("GET /clinic/feeds"));
    }

    [Test]
    public async Task A_calendar_that_fails_says_why_in_words_and_what_could_not_be_read()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"{Page}/{Failing}"));
        Assert.That(page.QuerySelector(".callout--warn")!.TextContent, Does.Contain("answers with error 403"));
        Assert.That(page.QuerySelectorAll(".notes li").Select(one => one.TextContent), Has.Exactly(1).Contain("NOT busy here").And.Exactly(1).Contain("uid-7@his").And.Exactly(2).Items);
        Assert.That(page.QuerySelector("main table")!.TextContent, Does.Contain("unknown time zone").And.Contain("uid-2@his"));
        Assert.That(page.QuerySelector("main")!.TextContent, Does.Contain("comes back at the next reading"));
        Assert.That((await browser.GetAsync($"{Page}/{Guid.NewGuid()}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task An_address_of_a_machine_is_shown_once_and_taken_back()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Page));
        var response = await StaffSite.SubmitAsync(browser, page, $"{Page}/feeds/{Machine}");
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo(Page));
        var shown = await StaffSite.PageAsync(await browser.GetAsync(Page));
        Assert.That(shown.QuerySelector("#feed-address")!.GetAttribute("value"), Is.EqualTo($"http://localhost/feeds/{new string('q', 43)}.ics"));
        var again = await StaffSite.PageAsync(await browser.GetAsync(Page));
        Assert.That(again.QuerySelector("#feed-address"), Is.Null);

        await StaffSite.SubmitAsync(browser, again, $"{Page}/feeds/{Machine}/end");
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(Page))).QuerySelector(".toast")!.TextContent, Does.Contain("PET/CT").And.Contain("taken back"));
    }

    [TestCase("", "Enter the address of the calendar", null, null)]
    [TestCase("http://his.example/a.ics", "must begin with https://", "url-not-https", null)]
    [TestCase("https://10.0.0.1/a.ics", "private network", "private-address", null)]
    [TestCase("https://his.example/too", "10 calendars already", "too-many-imports", 10)]
    public async Task A_refused_address_names_the_field_and_keeps_what_was_typed(string url, string words, string? code, int? limit)
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Adding));
        var before = site.Identity.Answers["POST /clinic/imports"];
        site.Identity.Answers["POST /clinic/imports"] = _ => code == "too-many-imports" ? Refusal(code, 409, null, limit) : Refusal("import-url-refused", 422, code, limit);
        try
        {
            var response = await StaffSite.SubmitAsync(browser, page, $"{Adding}/address", ("machine", Machine), ("url", url), ("name", "Ward 3"));
            var after = await StaffSite.PageAsync(response);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
            var link = after.QuerySelector("#error-summary a")!;
            Assert.That(link.TextContent, Does.Contain(words));
            Assert.That(after.QuerySelector(link.GetAttribute("href")!)!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
            Assert.That((after.QuerySelector("#url")!.GetAttribute("value"), after.QuerySelector("#name")!.GetAttribute("value"), after.QuerySelector("#machine option[selected]")!.GetAttribute("value")), Is.EqualTo((url, "Ward 3", Machine)));
            Assert.That(after.Title, Does.StartWith("Error"));
        }
        finally
        {
            site.Identity.Answers["POST /clinic/imports"] = before;
        }
    }

    [Test]
    public async Task An_address_and_a_file_are_handed_to_Booking()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Adding));
        var added = await StaffSite.SubmitAsync(browser, page, $"{Adding}/address", ("machine", Machine), ("url", "https://his.example/s.ics"), ("name", ""));
        Assert.That(added.Headers.Location!.OriginalString, Is.EqualTo($"{Page}/{Failing}"));
        Assert.That(site.Identity.Received.Single(one => one.Request == "POST /clinic/imports").Body, Does.Contain("\"url\":\"https://his.example/s.ics\""));

        var uploaded = await UploadAsync(browser, page, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
        Assert.That(uploaded.Headers.Location!.OriginalString, Is.EqualTo($"{Page}/{File}"));
        Assert.That(site.Identity.Received.Single(one => one.Request == "POST /clinic/imports/file").Body, Is.EqualTo("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"));

        var refused = await UploadAsync(browser, page, "");
        var after = await StaffSite.PageAsync(refused);
        Assert.That((refused.StatusCode, after.QuerySelector("#error-summary a")!.GetAttribute("href"), after.QuerySelector("#file-name")!.GetAttribute("value")), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "#file", "Week")));
    }

    [Test]
    public async Task Pausing_reading_and_removing_say_what_came_of_it()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        foreach (var (what, words) in new[] { ("pause", "not read until"), ("read", "less than a minute ago"), ("remove", "free again") })
        {
            var page = await StaffSite.PageAsync(await browser.GetAsync($"{Page}/{Failing}"));
            var response = await StaffSite.SubmitAsync(browser, page, $"{Page}/{Failing}/{what}");
            Assert.That((await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location))).QuerySelector(".toast")!.TextContent, Does.Contain(words), what);
        }

        Assert.That(site.Identity.Received.Select(one => one.Request), Has.Exactly(1).EqualTo($"DELETE /clinic/imports/{Failing}"));
    }

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient browser, AngleSharp.Html.Dom.IHtmlDocument page, string calendar)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(page.QuerySelector("#file-form input[name=token]")!.GetAttribute("value")!), "token" }, { new StringContent(Machine), "file-machine" }, { new StringContent("Week"), "file-name" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(calendar)), "file", "week.ics" },
        };
        return await browser.PostAsync($"{Adding}/file", form);
    }

    private static IResult Refusal(string slug, int status, string? code, int? limit = null) =>
        Results.Problem(statusCode: status, type: $"urn:medtourism:problem:{slug}", extensions: new Dictionary<string, object?> { ["code"] = code, ["limit"] = limit });
}
