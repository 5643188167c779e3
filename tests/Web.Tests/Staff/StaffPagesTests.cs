using System.Net;
using System.Text.Json;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>Who may open which staff page, and what its forms do.</summary>
public sealed class StaffPagesTests
{
    private const string Machine = "00000001-0000-4000-8000-000000000000";
    private const string Day = "/en/console/day?date=2026-12-01";
    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        foreach (var (request, answer) in ServiceAnswers.All)
        {
            site.Identity.Answers[request] = _ => Results.Text(answer, "application/json");
        }

        site.Identity.Answers["POST /clinic/blocks"] = Block;
        site.Identity.Answers["POST /agency/links"] = _ => Results.Json(new { id = Guid.NewGuid(), code = "NEWC2345", label = "x", visits = 0, bookings = 0, demo = false, createdAt = "2026-11-01T00:00:00Z" }, statusCode: 201);
    }

    [SetUp]
    public void Forget()
    {
        lock (site.Identity.Received)
        {
            site.Identity.Received.Clear();
        }

        site.Identity.Answers["GET /clinic/course-policy"] = _ => Results.Text(ServiceAnswers.All["GET /clinic/course-policy"], "application/json");
    }

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [TestCase("/en/console"), TestCase("/en/console/day"), TestCase("/en/console/hours"), TestCase("/ru/agency"), TestCase("/ar/operator"), TestCase("/kk/operator/messages")]
    public async Task A_stranger_is_asked_to_sign_in(string path)
    {
        using var browser = site.Browser();

        var response = await browser.GetAsync(path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo($"{path[..3]}/sign-in?return={Uri.EscapeDataString(path)}"));
    }

    [TestCase("agency", "admin", "/en/console"), TestCase("operator", "operator", "/en/console"), TestCase("clinic", "admin", "/en/agency"), TestCase("clinic", "admin", "/en/operator"), TestCase(null, null, "/en/operator/mails")]
    public async Task Other_organisations_are_refused(string? kind, string? role, string path)
    {
        using var browser = await site.SignInAsync("someone", kind, role is null ? [] : [role]);

        var response = await browser.GetAsync(path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await StaffSite.PageAsync(response)).QuerySelector("h1")!.TextContent, Is.EqualTo("This page is not for your account"));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.StartsWith("GET /clinic").And.None.StartsWith("GET /agency").And.None.StartsWith("GET /operator"));
    }

    [Test]
    public async Task A_doctor_sees_the_board_but_cannot_change_it()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Day));
        Assert.That(page.QuerySelectorAll("td[data-s=open]"), Is.Not.Empty);
        Assert.That(page.QuerySelector("#block"), Is.Null);

        var token = page.QuerySelector("input[name=token]")!.GetAttribute("value")!;
        using var form = new FormUrlEncodedContent([new("token", token), new("date", "2026-12-01"), new("machine", Machine), new("from", "12:00"), new("to", "13:00"), new("reason", "other")]);
        var response = await browser.PostAsync("/en/console/blocks", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /clinic/blocks"));
    }

    [TestCaseSource(nameof(Languages))]
    public async Task Every_page_has_its_words_in_every_language(string language)
    {
        var pages = new Dictionary<string, string[]>
        {
            ["clinic"] = ["console", "console?q=hans", "console/day?date=2026-12-01", $"console/day?date=2026-12-01&machine={Machine}&from=12:00&to=13:00", "console/hours", $"console/hours/{Machine}", $"console/bookings/{ServiceAnswers.Booking}", "console/policy"],
            ["agency"] = ["agency", "agency/referrals", "agency/referrals?state=pending&page=2", "agency/agreement", "agency/waitlist", "agency/waitlist/new"],
            ["operator"] = ["operator", "operator/messages", "operator/messages/errors?service=Booking&queue=booking-x_error", "operator/bookings", "operator/bookings?reference=KZ-4F7Q-92", "operator/mails", "operator/mails?state=dead"],
        };
        foreach (var (kind, paths) in pages)
        {
            using var browser = await site.SignInAsync($"{kind}-{language}", kind, kind == "operator" ? "operator" : "admin");
            foreach (var path in paths)
            {
                var response = await browser.GetAsync($"/{language}/{path}");
                var page = await StaffSite.PageAsync(response);
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
                Assert.That(page.QuerySelectorAll("h1").Single().TextContent, Is.Not.Empty, path);
                Assert.That(page.DocumentElement.GetAttribute("dir"), Is.EqualTo(language == "ar" ? "rtl" : "ltr"), path);
            }
        }
    }

    [Test]
    public async Task On_a_wide_screen_every_page_of_a_center_is_in_the_row_or_under_More()
    {
        using var browser = await site.SignInAsync("admin", "clinic", "admin");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/hours"));

        var all = Paths(".menu__in a");
        Assert.That(all, Has.Length.EqualTo(12).And.Unique);
        Assert.That(Paths(".nav > a.menu__wide").Concat(Paths(".menu__in a:not(.menu__narrow)")), Is.EquivalentTo(all));
        Assert.That(page.QuerySelector(".menu summary")!.ClassName, Is.EqualTo("menu--here"), "the page one is on is under More");

        string[] Paths(string selector) => [.. page.QuerySelectorAll(selector).Select(link => link.GetAttribute("href")!)];
    }

    [Test]
    public async Task Blocking_takes_what_is_free_and_leaves_what_is_booked()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Day));

        var response = await StaffSite.SubmitAsync(browser, page, "/en/console/blocks", ("machine", Machine), ("from", "13:00"), ("to", "16:00"), ("reason", "service"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        var blocked = site.Identity.Received.Where(received => received.Request == "POST /clinic/blocks").Select(received => JsonDocument.Parse(received.Body).RootElement).ToArray();
        Assert.That(blocked.Select(block => (block.GetProperty("start").GetDateTimeOffset().UtcDateTime.TimeOfDay, block.GetProperty("end").GetDateTimeOffset().UtcDateTime.TimeOfDay)), Is.EqualTo(new[]
        {
            (TimeSpan.FromHours(8), TimeSpan.FromHours(9)), (TimeSpan.FromHours(9.5), TimeSpan.FromHours(11)),
        }));

        var after = await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location));
        Assert.That(after.QuerySelector(".toast")!.TextContent, Does.Contain("1 time already taken was left unchanged"));
        Assert.That(after.QuerySelector(".toast input[name=ids]")!.GetAttribute("value")!.Split(','), Has.Length.EqualTo(2));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(Day))).QuerySelector(".toast"), Is.Null, "A notice is told once.");
    }

    [TestCase("14:00", "14:30", "service", "All of this time is held, booked or blocked already")]
    [TestCase("14:00", "13:00", "service", "The end must be after the start")]
    [TestCase("", "13:00", "service", "Type both times")]
    [TestCase("12:00", "13:00", "", "Choose a reason")]
    public async Task A_block_that_cannot_be_is_refused_in_place(string from, string to, string reason, string words)
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Day));

        var response = await StaffSite.SubmitAsync(browser, page, "/en/console/blocks", ("machine", Machine), ("from", from), ("to", to), ("reason", reason));

        var after = await StaffSite.PageAsync(response);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(after.QuerySelector(".error-summary")!.TextContent, Does.Contain(words));
        Assert.That(after.Title, Does.StartWith("Error"));
        Assert.That(after.QuerySelector("#to")!.GetAttribute("value"), Is.EqualTo(to), "What was typed stays.");
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /clinic/blocks"));
    }

    [Test]
    public async Task A_form_without_its_token_does_nothing()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        using var form = new FormUrlEncodedContent([new("date", "2026-12-01"), new("machine", Machine), new("from", "12:00"), new("to", "13:00"), new("reason", "other")]);

        Assert.That((await browser.PostAsync("/en/console/blocks", form)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /clinic/blocks"));
    }

    [Test]
    public async Task Saving_hours_keeps_those_with_dates()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var path = $"/en/console/hours/{Machine}";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));

        var response = await StaffSite.SubmitAsync(browser, page, path, ("d1-1-from", "09:00"), ("d6-1-from", "10:00"), ("d6-1-to", "12:00"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        var sent = JsonDocument.Parse(site.Identity.Received.Single(received => received.Request.StartsWith("PUT ", StringComparison.Ordinal)).Body).RootElement.GetProperty("hours").EnumerateArray()
            .Select(hours => $"{hours.GetProperty("weekday")} {hours.GetProperty("from")} {hours.GetProperty("to")} {hours.GetProperty("validFrom")}").ToArray();
        Assert.That(sent, Is.EqualTo(new[] { "1 09:00:00 12:00:00 ", "1 13:00:00 18:00:00 ", "6 10:00:00 12:00:00 ", "7 08:00:00 10:00:00 2026-12-20" }));
    }

    [Test]
    public async Task Overlapping_hours_are_refused()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var path = $"/en/console/hours/{Machine}";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));

        var response = await StaffSite.SubmitAsync(browser, page, path, ("d1-2-from", "11:00"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await StaffSite.PageAsync(response)).QuerySelector("#d1-2-from")!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.StartsWith("PUT "));
    }

    [TestCase("https://site.example/en/offers/0f000000-0000-7000-8000-000000000001", "\"0f000000-0000-7000-8000-000000000001\"")]
    [TestCase("", "null")]
    public async Task A_link_is_made_for_an_offer_or_for_all(string address, string offer)
    {
        using var browser = await site.SignInAsync("agent", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/agency"));

        var response = await StaffSite.SubmitAsync(browser, page, "/en/agency/links", ("label", "Poster"), ("address", address));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(site.Identity.Received.Single(received => received.Request == "POST /agency/links").Body, Does.Contain("\"label\":\"Poster\"").And.Contain($"\"offerId\":{offer}"));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync("/en/agency"))).QuerySelector(".toast")!.TextContent, Does.Contain("NEWC2345"));
    }

    [Test]
    public async Task The_file_of_referrals_is_passed_through_for_the_agency()
    {
        using var browser = await site.SignInAsync("agent", "agency", "agent");

        var response = await browser.GetAsync("/en/agency/referrals.csv");

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("KZ-4F7Q-92"));
        Assert.That(response.Content.Headers.ContentDisposition!.FileName, Does.Contain("referrals.csv"));
        Assert.That(site.Identity.Received.Single(received => received.Request == "GET /agency/referrals.csv").Authorization, Does.StartWith("Bearer access-"));
    }

    [Test]
    public async Task The_operator_sends_a_dead_message_again()
    {
        using var browser = await site.SignInAsync("op", "operator", "operator");
        site.Identity.Answers["POST /operator/messaging/outbox/41/redrive"] = _ => Results.NoContent();
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/operator/messages"));

        var response = await StaffSite.SubmitAsync(browser, page, "/en/operator/messages/outbox", ("act", "redrive"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.Exactly(1).EqualTo("POST /operator/messaging/outbox/41/redrive"));
    }

    [Test]
    public async Task The_operator_is_asked_before_one_message_of_an_error_queue_is_thrown_away()
    {
        const string path = "/en/operator/messages/errors?service=Booking&queue=booking-x_error", discard = "POST /operator/messaging/errors/booking-x_error/messages/content-00112233445566778899aabbccddeeff/discard";
        using var browser = await site.SignInAsync("op", "operator", "operator");
        site.Identity.Answers[discard] = _ => Results.NoContent();
        var list = await StaffSite.PageAsync(await browser.GetAsync("/en/operator/messages"));
        Assert.That(list.QuerySelectorAll("main a").Select(link => link.GetAttribute("href")), Does.Contain(path));

        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelectorAll("form[action$=discard]").Select(form => form.ParentElement!.LocalName), Is.EqualTo(["details", "details"]), "closed until asked for, without scripts");
        using var form = new FormUrlEncodedContent([.. page.QuerySelectorAll("form[action$=discard]")[1].QuerySelectorAll("input").Select(input => KeyValuePair.Create(input.GetAttribute("name")!, input.GetAttribute("value")!))]);
        var response = await browser.PostAsync("/en/operator/messages/errors/discard", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo(path));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.Exactly(1).EqualTo(discard));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(path))).QuerySelector("[role=status]")!.TextContent, Does.Contain("thrown away"));
    }

    [Test]
    public async Task A_message_that_another_operator_threw_away_is_told_to_be_gone()
    {
        const string path = "/en/operator/messages/errors?service=Booking&queue=booking-x_error";
        using var browser = await site.SignInAsync("op", "operator", "operator");
        site.Identity.Answers["POST /operator/messaging/errors/booking-x_error/messages/10000000-0000-4000-8000-000000000001/discard"] = _ => Results.Problem(statusCode: 404, type: "urn:medtourism:problem:message-unknown");
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));

        var response = await StaffSite.SubmitAsync(browser, page, "/en/operator/messages/errors/discard");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await StaffSite.PageAsync(response)).QuerySelector("[role=alert]")!.TextContent, Does.Contain("someone may have handled it"));
        Assert.That((await browser.GetAsync("/en/operator/messages/errors?service=Elsewhere&queue=booking-x_error")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_service_that_is_not_ready_is_named()
    {
        using var browser = await site.SignInAsync("op", "operator", "operator");
        site.Identity.Answers["GET /health/ready"] = _ => Results.StatusCode(503);
        try
        {
            var page = await StaffSite.PageAsync(await browser.GetAsync("/en/operator"));
            Assert.That(page.QuerySelector("h1")!.TextContent, Is.EqualTo("7 services are not answering"));
        }
        finally
        {
            site.Identity.Answers["GET /health/ready"] = _ => Results.Ok();
        }

        Assert.That((await StaffSite.PageAsync(await browser.GetAsync("/en/operator"))).QuerySelector("h1")!.TextContent, Is.EqualTo("Everything is working"));
    }

    [Test]
    public async Task A_doctor_marks_a_session_that_has_begun_and_takes_the_mark_back()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        site.Identity.Answers[$"POST /clinic/sessions/{ServiceAnswers.Session}/missed"] = _ => Results.Text(
            $$"""{"sessionId":"{{ServiceAnswers.Session}}","bookingId":"{{ServiceAnswers.Booking}}","number":1,"state":"missed","repairId":null}""", "application/json");
        var path = $"/en/console/bookings/{ServiceAnswers.Booking}";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelectorAll("#sessions form"), Has.Length.EqualTo(2), "Once in the list to mark, once among all; not for the session ahead.");

        var response = await StaffSite.SubmitAsync(browser, page, $"{path}/sessions/{ServiceAnswers.Session}", ("verb", "missed"), ("reason", "patient"));

        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo(path));
        Assert.That(
            site.Identity.Received.Single(received => received.Request.EndsWith("/missed", StringComparison.Ordinal)).Body, Does.Contain("\"expected\":\"booked\"").And.Contain("\"reason\":\"patient\""));
        var after = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(after.QuerySelector(".toast")!.TextContent, Does.Contain("Session 1 is marked as missed"));
        Assert.That(after.QuerySelector(".toast input[name=expected]")!.GetAttribute("value"), Is.EqualTo("missed"));
        Assert.That(after.QuerySelector(".toast button")!.GetAttribute("value"), Is.EqualTo("unmark"));
    }

    [TestCase("admin", "DEMO Clinic administrator"), TestCase("admin", "Somebody who is no longer at your center", "0190d000-0000-7000-8000-00000000dead"), TestCase("doctor", "another admin of your center")]
    public async Task An_admin_reads_the_name_of_who_switched_the_ranking_and_nobody_reads_an_address(string role, string says, string by = "0190d000-0000-7000-8000-00000000beef")
    {
        site.Identity.Answers["GET /clinic/course-policy"] = _ => Results.Text($$"""{"scarcity":true,"since":"2026-11-20T09:00:00Z","by":"{{by}}"}""", "application/json");
        using var browser = await site.SignInAsync($"who-{role}-{by}", "clinic", role);
        site.Identity.Answers[$"GET /organisations/{site.Identity.Organisation}/members"] = _ => Results.Text(
            """{"members":[{"accountId":"0190d000-0000-7000-8000-00000000beef","email":"clinic.admin@demo.example","name":"DEMO Clinic administrator","roles":["admin"]}]}""", "application/json");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/policy"));
        Assert.That(page.QuerySelector("main .kv")!.TextContent, Does.Contain(says));
        Assert.That(page.QuerySelector("main")!.TextContent, Does.Not.Contain("@"));
        Assert.That(site.Identity.Received.Any(one => one.Request.Contains("/members", StringComparison.Ordinal)), Is.EqualTo(role == "admin"), "only an admin's page asks for people");
    }

    [TestCase("doctor", 0), TestCase("admin", 1)]
    public async Task Only_an_admin_switches_the_ranking(string role, int forms)
    {
        using var browser = await site.SignInAsync($"policy-{role}", "clinic", role);
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/policy"));
        Assert.That(page.QuerySelectorAll("main form"), Has.Length.EqualTo(forms));
        Assert.That(page.QuerySelector("main .kv")!.TextContent, Does.Contain("another admin of your center"));
        if (forms > 0)
        {
            site.Identity.Answers["PUT /clinic/course-policy"] = _ => Results.Text("""{"scarcity":false,"since":"2026-11-20T09:00:00Z","by":"me"}""", "application/json");
            using var content = new FormUrlEncodedContent([new("token", page.QuerySelector("main form input[name=token]")!.GetAttribute("value")!), new("scarcity", "off")]);
            Assert.That((await browser.PostAsync("/en/console/policy", content)).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
            Assert.That(site.Identity.Received.Single(received => received.Request == "PUT /clinic/course-policy").Body, Does.Contain("false"));
        }
    }

    [Test]
    public async Task An_agency_takes_the_time_that_is_held_for_its_patient()
    {
        using var browser = await site.SignInAsync("agent", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/agency/waitlist"));
        Assert.That(page.QuerySelectorAll("table tbody tr").Select(row => row.QuerySelector("td[data-label='Place in line']")!.TextContent.Trim()), Is.EqualTo(new[] { "–", "2 ahead" }));
        var take = $"/en/agency/waitlist/{ServiceAnswers.Waits}/take";
        site.Identity.Answers[$"POST /waitlist/{ServiceAnswers.Waits}/claim"] = _ => Results.Text(ServiceAnswers.Hold, "application/json");

        var response = await StaffSite.SubmitAsync(browser, page, take);

        Assert.That(response.Headers.Location!.ToString(), Does.Match("^/en/book/[0-9a-f-]{36}/who$"));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /visits"), "no link is needed");
        Assert.That(site.Identity.Received.Single(received => received.Request.EndsWith("/claim", StringComparison.Ordinal)).Authorization, Does.StartWith("Bearer "));

        site.Identity.Answers[$"DELETE /waitlist/{ServiceAnswers.Waits}"] = _ => Results.NoContent();
        Assert.That((await StaffSite.SubmitAsync(browser, page, $"/en/agency/waitlist/{ServiceAnswers.Waits}/leave")).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        using var bare = new FormUrlEncodedContent([]);
        Assert.That((await browser.PostAsync($"/en/agency/waitlist/{ServiceAnswers.Waits}/leave", bare)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), "A form without its token does nothing.");
    }

    [Test]
    public async Task A_treatment_is_found_by_words_and_what_was_typed_stays()
    {
        const string Form = "/en/agency/waitlist/new";
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        site.Identity.Answers["GET /offers"] = context => Results.Json(new { total = 12, page = 1, size = 8, items = context.Request.Query["q"] == "pet" ? [Card(first), Card(second)] : Array.Empty<object>(), facets = new { lines = Array.Empty<object>(), cities = Array.Empty<object>(), modes = Array.Empty<object>() } });
        site.Identity.Answers[$"GET /offers/{second}"] = _ => Results.Json(Card(second));
        site.Identity.Answers["POST /waitlist"] = _ => Results.Json(new { entryId = ServiceAnswers.Waits, accessKey = "k", ahead = 0, entry = (object?)null }, statusCode: 201);
        using var browser = await site.SignInAsync("agent", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Form));
        Assert.That(page.QuerySelectorAll("input[name=offer]"), Is.Empty);

        var nothing = await StaffSite.PageAsync(await SendAsync(page, ("given", "Hans"), ("email", "hans@example.org"), ("q", "")));
        Assert.That(nothing.QuerySelector("#q-e")!.TextContent, Does.Contain("Search for a treatment"));
        Assert.That(nothing.QuerySelector("#family-e"), Is.Not.Null, "all that is missing is told at once");

        var none = await StaffSite.PageAsync(await SendAsync(page, ("action", "find"), ("q", "xyz")));
        Assert.That(none.QuerySelector("main [role=status]")!.TextContent, Does.Contain("“xyz”"));

        var found = await StaffSite.PageAsync(await SendAsync(page, ("action", "find"), ("q", "pet"), ("given", "Hans"), ("family", "Muster"), ("email", "hans@example.org"), ("from", "2027-03-01")));
        Assert.That(found.QuerySelectorAll("input[name=offer]").Select(one => one.GetAttribute("value")), Is.EqualTo(new[] { $"{first}", $"{second}" }));
        Assert.That(found.QuerySelectorAll(".error-summary, input[name=offer][checked]"), Is.Empty);
        Assert.That(new[] { "q", "given", "family", "email", "from" }.Select(field => found.QuerySelector($"#{field}")!.GetAttribute("value")), Is.EqualTo(new[] { "pet", "Hans", "Muster", "hans@example.org", "2027-03-01" }));
        Assert.That(found.QuerySelector("#found .note")!.TextContent, Does.Contain("10 more"));

        var unchosen = await StaffSite.PageAsync(await SendAsync(found, ("q", "pet"), ("given", "Hans"), ("family", "Muster"), ("email", "hans@example.org")));
        Assert.That(unchosen.QuerySelector("#q-e")!.TextContent, Does.Contain("Choose one"));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /waitlist"));

        // Enter in a field sends the form by its first button, which is the search: nothing new is looked for.
        var joined = await SendAsync(found, ("action", "find"), ("q", "pet"), ("offer", $"{second}"), ("given", "Hans"), ("family", "Muster"), ("email", "hans@example.org"));
        Assert.That(joined.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await joined.Content.ReadAsStringAsync());
        Assert.That(site.Identity.Received.Single(received => received.Request == "POST /waitlist").Body, Does.Contain($"{second}"));

        Task<HttpResponseMessage> SendAsync(AngleSharp.Html.Dom.IHtmlDocument from, params (string, string)[] fields) =>
            EnterAsync(browser, from, [("from", "2027-03-01"), ("to", "2027-03-09"), ("part", "any"), .. fields]);
    }

    [Test]
    public async Task The_address_of_a_treatments_page_is_taken_in_place_of_words()
    {
        const string Form = "/en/agency/waitlist/new";
        var (instant, review) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        site.Identity.Answers[$"GET /offers/{instant}"] = _ => Results.Json(Card(instant));
        site.Identity.Answers[$"GET /offers/{review}"] = _ => Results.Json(Card(review, "case-review"));
        site.Identity.Answers["POST /waitlist"] = _ => Results.Json(new { entryId = ServiceAnswers.Waits, accessKey = "k", ahead = 0, entry = (object?)null }, statusCode: 201);
        using var browser = await site.SignInAsync("agent", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"{Form}?offer={instant}"));
        Assert.That(page.QuerySelector("input[name=offer][checked]")!.GetAttribute("value"), Is.EqualTo($"{instant}"), "a link of the treatment's page chooses it");

        (string, string)[] patient = [("from", "2027-03-01"), ("to", "2027-03-09"), ("part", "any"), ("given", "Hans"), ("family", "Muster"), ("email", "hans@example.org")];
        var refused = await StaffSite.PageAsync(await EnterAsync(browser, page, [("q", $"https://site.example/en/offers/{review}"), .. patient]));
        Assert.That(refused.QuerySelector("#q-e")!.TextContent, Does.Contain("arranged with the center"));
        var unknown = await StaffSite.PageAsync(await EnterAsync(browser, page, [("q", $"https://site.example/en/offers/{Guid.CreateVersion7()}"), .. patient]));
        Assert.That(unknown.QuerySelector("#q-e")!.TextContent, Does.Contain("no treatment at this address"));
        var joined = await EnterAsync(browser, page, [("q", $"https://site.example/ru/offers/{instant}/times?day=2027-03-01"), .. patient]);
        Assert.That(joined.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await joined.Content.ReadAsStringAsync());
    }

    /// <summary>As a browser without scripts sends it: no treatment unless one is chosen.</summary>
    private static async Task<HttpResponseMessage> EnterAsync(HttpClient browser, AngleSharp.Html.Dom.IHtmlDocument page, params (string Name, string Value)[] answers)
    {
        var form = page.QuerySelector("form[action='/en/agency/waitlist/new']") ?? throw new AssertionException("No form.");
        var fields = form.QuerySelectorAll("input[type=hidden]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        foreach (var (name, value) in answers)
        {
            fields[name] = value;
        }

        using var content = new FormUrlEncodedContent(fields);
        return await browser.PostAsync("/en/agency/waitlist/new", content);
    }

    private static object Card(Guid id, string mode = "instant") => new
    {
        id, procedureId = "pet", procedure = new { text = "PET/CT", lang = "en" }, line = new { id = "nuclear", name = new { text = "Nuclear", lang = "en" } },
        center = new { id = "umc", slug = "umc", name = new { text = "Center", lang = "en" }, city = new { id = "aktau", name = new { text = "Aktau", lang = "en" } }, demo = true }, mode,
        price = new { amountMinor = 18_000_000, currency = "KZT" }, durationMinutes = 60, languages = new[] { "ru" }, demo = true,
    };

    private static IResult Block(HttpContext context) =>
        Results.Json(new { id = Guid.NewGuid(), resourceId = Machine, start = "2026-12-01T08:00:00Z", end = "2026-12-01T09:00:00Z", reason = "service" }, statusCode: 201);
}
