using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>What a doctor orders and decides about cycles: plans of each kind, and giving one up on a page that says what it does.</summary>
public sealed class CycleConsoleTests
{
    private const string Standard = "0f000000-0000-7000-8000-000000000001";
    private const string Frozen = "0f000000-0000-7000-8000-000000000002";
    private const string Cycle = "0c000000-0000-7000-8000-000000000002";
    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        Answer("GET /countries", """[{"code":"DE","name":{"text":"Germany","lang":"en"}}]""");
        Answer("GET /clinic/treatment-plans", $$"""
            [{"id":"{{Cycle}}","state":"issued","offerId":"{{Frozen}}","procedureNames":{"en":"Frozen transfer of an embryo"},"centerId":"c","centerNames":{"en":"C"},"timeZone":"Asia/Almaty",
              "pattern":{"sessions":1,"sessionMinutes":30,"cadence":"daily","ivf":{"retrieval":false,"transferDay":null,"transferCycleDay":19} },"price":{"amountMinor":60000000,"currency":"KZT"},"deposit":{"amountMinor":6000000,"currency":"KZT"},
              "validUntil":"2027-04-01T13:00:00+00:00","serverNow":"2027-03-01T13:00:00+00:00","readyOn":"2027-03-01","demo":true}]
            """);
        Answer("GET /clinic/treatment-plans/offers", $$"""[{"offerId":"{{Standard}}","procedureNames":{"en":"IVF"},"kind":"cycle"},{"offerId":"{{Frozen}}","procedureNames":{"en":"Frozen transfer"},"kind":"cycle"}]""");
    }

    [SetUp]
    public void Forget()
    {
        lock (site.Identity.Received)
        {
            site.Identity.Received.Clear();
        }

        Answer("GET /clinic/cycles", $"[{CycleView(3)}]");
        site.Identity.Answers[$"POST /clinic/cycles/{Cycle}/give-up/preview"] = _ =>
            Results.Text(Preview(JsonDocument.Parse(site.Identity.Received.Last(one => one.Request.EndsWith("/preview", StringComparison.Ordinal)).Body).RootElement.GetProperty("day1").GetString()!), "application/json");
        Answer("POST /clinic/treatment-plans", "{}", 201);
    }

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [TestCaseSource(nameof(Languages))]
    public async Task The_pages_have_their_words_in_every_language(string language)
    {
        using var browser = await site.SignInAsync($"doctor-{language}", "clinic", "doctor");
        foreach (var (offer, retrieval, path) in new[]
        {
            (Standard, true, $"plans/new/{Standard}/cycle"), (Standard, true, $"plans/new/{Standard}/cycle?kind=freeze"), (Frozen, false, $"plans/new/{Frozen}/cycle"), (Frozen, false, "plans"), (Frozen, false, $"cycles/{Cycle}/give-up"),
        })
        {
            Answer("GET /clinic/treatment-plans/defaults", Defaults(offer, retrieval));
            var response = await browser.GetAsync($"/{language}/console/{path}");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
            Assert.That((await StaffSite.PageAsync(response)).QuerySelectorAll("h1").Single().TextContent, Is.Not.Empty, path);
        }
    }

    [Test]
    public async Task The_list_of_plans_leads_to_the_cycles_form_and_names_what_was_ordered()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        Answer("GET /clinic/treatment-plans/defaults", Defaults(Frozen, retrieval: false));
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/plans"));
        Assert.That(page.QuerySelector($"a[href='/en/console/plans/new/{Frozen}/cycle']"), Is.Not.Null);
        Assert.That(page.QuerySelector("tbody tr")!.TextContent, Does.Contain("Frozen transfer"));
        var plain = await browser.GetAsync($"/en/console/plans/new/{Frozen}");
        Assert.That(plain.Headers.Location!.ToString(), Is.EqualTo($"/en/console/plans/new/{Frozen}/cycle"));
    }

    [Test]
    public async Task A_frozen_transfer_is_ordered_on_the_doctors_own_day_and_never_without_one()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        Answer("GET /clinic/treatment-plans/defaults", Defaults(Frozen, retrieval: false));
        var path = $"/en/console/plans/new/{Frozen}/cycle";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(((IHtmlInputElement)page.QuerySelector("#transfer-cycle-day")!).Value, Is.Empty, "the catalogue has no number, so nobody's is put there");
        Assert.That(page.QuerySelector("#start-day, #trigger-time, #priority, button[name=as]"), Is.Null);

        site.Identity.Answers["POST /clinic/treatment-plans"] = _ => Results.Json(
            new { type = "urn:medtourism:problem:invalid-fields", status = 422, errors = new Dictionary<string, string[]> { ["pattern.ivf.transferCycleDay"] = ["must be 1 to 40 for a frozen transfer"] } }, statusCode: 422, contentType: "application/problem+json");
        using var empty = new FormUrlEncodedContent(Filled(page));
        var refused = await browser.PostAsync(path, empty);
        var again = await StaffSite.PageAsync(refused);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(again.QuerySelector("#transfer-cycle-day")!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
        Assert.That(((IHtmlInputElement)again.QuerySelector("#given")!).Value, Is.EqualTo("ANNA"));

        Answer("POST /clinic/treatment-plans", "{}", 201);
        using var form = new FormUrlEncodedContent(Filled(again, ("transfer-cycle-day", "19"), ("transfer-time", "11:30")));
        Assert.That((await browser.PostAsync(path, form)).Headers.Location!.ToString(), Is.EqualTo("/en/console/plans"));
        var ivf = Ordered();
        Assert.That((ivf.GetProperty("retrieval").GetBoolean(), ivf.GetProperty("transferCycleDay").GetInt32(), ivf.GetProperty("transferTime").GetString()), Is.EqualTo((false, 19, "11:30:00")));
        Assert.That(ivf.GetProperty("transferDay").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("fresh", true), TestCase("freeze", false)]
    public async Task A_retrieval_is_ordered_with_its_transfer_or_with_everything_frozen(string kind, bool transfer)
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        Answer("GET /clinic/treatment-plans/defaults", Defaults(Standard, retrieval: true));
        var path = $"/en/console/plans/new/{Standard}/cycle";
        var page = await StaffSite.PageAsync(await browser.GetAsync($"{path}?kind={kind}"));
        Assert.That(page.QuerySelector("#stim-min-h")!.TextContent, Does.Contain("ivf46").And.Contain("sign-off"));
        Assert.That(page.QuerySelector("#fly-h")!.TextContent, Does.Contain("without a source"));
        Assert.That(page.QuerySelector(".kinds [aria-current=true]")!.GetAttribute("value"), Is.EqualTo(kind));
        using var form = new FormUrlEncodedContent(Filled(page, ("scans", "3، 2, 2"), ("stim-max", "12"), ("kind", kind)));
        Assert.That((await browser.PostAsync(path, form)).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        var ivf = Ordered();
        Assert.That((ivf.GetProperty("retrieval").GetBoolean(), ivf.GetProperty("stimulationMaxDays").GetInt32(), ivf.GetProperty("transferDay").ValueKind), Is.EqualTo((true, 12, transfer ? JsonValueKind.Number : JsonValueKind.Null)));
        Assert.That(ivf.GetProperty("monitoringEvery").EnumerateArray().Select(days => days.GetInt32()), Is.EqualTo(new[] { 3, 2, 2 }));
    }

    [Test]
    public async Task Another_kind_of_cycle_keeps_what_was_typed_and_orders_nothing()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        Answer("GET /clinic/treatment-plans/defaults", Defaults(Standard, retrieval: true));
        var path = $"/en/console/plans/new/{Standard}/cycle";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelector("button[form=order], #order button")!.HasAttribute("name"), Is.False, "Enter orders");
        using var form = new FormUrlEncodedContent(Filled(page, ("fly", "soon"), ("as", "frozen")));
        var answer = await browser.PostAsync(path, form);
        var other = await StaffSite.PageAsync(answer);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(other.QuerySelector(".kinds [aria-current=true]")!.GetAttribute("value"), Is.EqualTo("frozen"));
        Assert.That(((IHtmlInputElement)other.QuerySelector("input[name=kind]")!).Value, Is.EqualTo("frozen"));
        Assert.That(new[] { "given", "fly" }.Select(field => ((IHtmlInputElement)other.QuerySelector($"#{field}")!).Value), Is.EqualTo(new[] { "ANNA", "soon" }));
        Assert.That(other.QuerySelector("#transfer-cycle-day"), Is.Not.Null);
        Assert.That(site.Identity.Received.Select(one => one.Request), Has.None.EqualTo("POST /clinic/treatment-plans"));
    }

    [TestCase("scans", "often"), TestCase("trigger-time", "late")]
    public async Task What_is_no_number_or_hour_is_not_sent(string field, string typed)
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        Answer("GET /clinic/treatment-plans/defaults", Defaults(Standard, retrieval: true));
        var path = $"/en/console/plans/new/{Standard}/cycle";
        using var form = new FormUrlEncodedContent(Filled(await StaffSite.PageAsync(await browser.GetAsync(path)), (field, typed)));
        var page = await StaffSite.PageAsync(await browser.PostAsync(path, form));
        Assert.That(page.QuerySelector($"#{field}")!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
        Assert.That(site.Identity.Received.Select(one => one.Request), Has.None.EqualTo("POST /clinic/treatment-plans"));
    }

    [Test]
    public async Task Giving_up_is_asked_on_a_page_that_says_what_it_does_and_does_only_what_was_seen()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var list = await StaffSite.PageAsync(await browser.GetAsync("/en/console/cycles"));
        Assert.That(list.QuerySelectorAll("form[action$='give-up']"), Is.Empty, "the list only leads there");
        var path = list.QuerySelector("a[href$='give-up']")!.GetAttribute("href")!;
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelectorAll(".summary dt").Select(term => term.TextContent), Is.EqualTo(new[] { "Appointments freed", "Laboratory weeks given back", "The patient", "Money" }));
        Assert.That(page.QuerySelector(".summary")!.TextContent, Does.Contain("Egg retrieval").And.Contain("Nothing is charged and nothing is paid back"));
        var next = page.QuerySelector("#next-attempt")!;
        Assert.That(next.TextContent, Does.Contain("Attempt 3").And.Contain("Sun 29 Mar 2099").And.Contain("week of Mon 6 Apr 2099"), "the dates that follow");
        Assert.That(next.QuerySelectorAll(".rooms .tag").Select(tag => tag.TextContent), Is.EqualTo(new[] { "room" }));
        Assert.That(page.QuerySelector("main")!.TextContent, Does.Not.Contain("Scan 1"), "what was done stays");
        Assert.That(((IHtmlInputElement)page.QuerySelector("#day1")!).Value, Is.EqualTo("2099-03-29"));
        Assert.That(page.QuerySelector("#day1-h")!.TextContent, Does.Contain("28 days"));

        Answer($"POST /clinic/cycles/{Cycle}/give-up", CycleView(4));
        using var other = new FormUrlEncodedContent(Fields(page, ("day1", "2099-04-02")));
        var seen = await StaffSite.PageAsync(await browser.PostAsync(path, other));
        Assert.That(seen.QuerySelector("#next-attempt [role=alert]")!.TextContent, Does.Contain("The day was changed"));
        Assert.That(site.Identity.Received.Select(one => one.Request), Has.None.EqualTo($"POST /clinic/cycles/{Cycle}/give-up"), "its dates were not seen yet");
        using var form = new FormUrlEncodedContent(Fields(seen));
        Assert.That((await browser.PostAsync(path, form)).Headers.Location!.ToString(), Is.EqualTo("/en/console/cycles"));
        Assert.That(site.Identity.Received.Last(one => one.Request == $"POST /clinic/cycles/{Cycle}/give-up").Body, Is.EqualTo("""{"day1":"2099-04-02","version":3}"""));
    }

    [Test]
    public async Task A_day_without_room_cannot_be_taken_and_the_next_one_is_offered()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var path = $"/en/console/cycles/{Cycle}/give-up";
        Answer($"POST /clinic/cycles/{Cycle}/give-up/preview", Preview("2099-03-29", room: false, next: "2099-04-12"));
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelector("button.btn--danger"), Is.Null);
        Assert.That(page.QuerySelector(".callout")!.TextContent, Does.Contain("Sun 12 Apr 2099"));

        Answer($"POST /clinic/cycles/{Cycle}/give-up/preview", Preview("2099-04-12"));
        using var form = new FormUrlEncodedContent(page.QuerySelectorAll(".callout input").ToDictionary(field => field.GetAttribute("name")!, field => field.GetAttribute("value")!).Append(new("show", "1")));
        var offered = await StaffSite.PageAsync(await browser.PostAsync(path, form));
        Assert.That(((IHtmlInputElement)offered.QuerySelector("#day1")!).Value, Is.EqualTo("2099-04-12"));
        Assert.That(offered.QuerySelector("button.btn--danger[form=give-up]"), Is.Not.Null);
        Assert.That(offered.QuerySelector("[role=alert]"), Is.Null, "it was asked for");
        Assert.That(site.Identity.Received.Select(one => one.Request), Has.None.EqualTo($"POST /clinic/cycles/{Cycle}/give-up"));
    }

    [TestCase("cycle-moved", "The cycle moved meanwhile"), TestCase("week-full", "The laboratory has no room")]
    public async Task A_refusal_stands_on_the_same_page_with_the_cycle_as_it_is_now(string code, string says)
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var path = $"/en/console/cycles/{Cycle}/give-up";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        site.Identity.Answers[$"POST /clinic/cycles/{Cycle}/give-up"] = _ => Results.Json(
            new { type = $"urn:medtourism:problem:{code}", status = 409, step = "retrieval", week = "2099-04-05" }, statusCode: 409, contentType: "application/problem+json");
        Answer("GET /clinic/cycles", $"[{CycleView(4)}]");
        using var form = new FormUrlEncodedContent(Fields(page));
        var response = await browser.PostAsync(path, form);
        var again = await StaffSite.PageAsync(response);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.QuerySelector(".error-summary")!.TextContent, Does.Contain(says));
        Assert.That(again.QuerySelector("input[name=version]")!.GetAttribute("value"), Is.EqualTo("4"), "what is confirmed next is what is shown now");
    }

    [Test]
    public async Task Without_a_day_nothing_is_given_up_and_others_do_not_see_the_page()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var path = $"/en/console/cycles/{Cycle}/give-up";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        using var form = new FormUrlEncodedContent(Fields(page, ("day1", "soon")));
        var response = await browser.PostAsync(path, form);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(site.Identity.Received.Select(one => one.Request), Has.None.EndsWith("/give-up"));
        using var scheduler = await site.SignInAsync("scheduler", "clinic", "scheduler");
        Assert.That((await scheduler.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await browser.GetAsync($"/en/console/cycles/{Guid.NewGuid()}/give-up")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private JsonElement Ordered() =>
        JsonDocument.Parse(site.Identity.Received.Last(received => received.Request == "POST /clinic/treatment-plans").Body).RootElement.GetProperty("pattern").GetProperty("ivf");

    private static Dictionary<string, string> Fields(IHtmlDocument page, params (string Name, string Value)[] typed)
    {
        var answers = page.QuerySelectorAll("main form[method=post] input, main form[method=post] select").Where(field => field.GetAttribute("name") is { Length: > 0 })
            .GroupBy(field => field.GetAttribute("name")!).ToDictionary(fields => fields.Key, fields => fields.First() is IHtmlSelectElement select ? select.Value! : fields.First().GetAttribute("value") ?? "");
        foreach (var (name, value) in typed)
        {
            answers[name] = value;
        }

        return answers;
    }

    private static Dictionary<string, string> Filled(IHtmlDocument page, params (string Name, string Value)[] typed) =>
        Fields(page, [("born", "1985-01-02"), ("given", "ANNA"), ("family", "WEBER"), ("email", "a@example.org"), ("citizenship", "DE"), ("culture", "en"), .. typed]);

    private static string Defaults(string offer, bool retrieval) => $$"""
        {"offerId":"{{offer}}","procedureNames":{"en":"IVF"},"patternId":null,"pattern":{"sessions":1,"sessionMinutes":60,"cadence":"daily","resourceKinds":["ivf-lab"]},"fewestSessions":1,"mostSessions":1,"planningMinWorkingDays":0,
         "planningMaxWorkingDays":0,"priceMinor":90000000,"depositMinor":9000000,"currency":"KZT","basis":{"stimulationDays":"ivf46","transferDay":"ivf46"},"kinds":[],
         "ivf":{"retrieval":{{(retrieval ? "true" : "false")}},"transferDay":{{(retrieval ? "5" : "null")}},"transferCycleDay":null,"stimulationStartDay":2,"stimulationMinDays":8,"stimulationMaxDays":14,"triggerTime":"21:00:00","hoursToRetrieval":36,
           "monitoringEvery":[3,2],"monitoringTime":"09:00:00","transferTime":"10:00:00","monitoringMinutes":30,"retrievalMinutes":60,"transferMinutes":30,"flyAfterDays":1,"testFromDays":10,"testToDays":14,"nextCycleDays":28} }
        """;

    private static string Preview(string day1, bool room = true, string? next = null) => $$"""
        {"day1":"{{day1}}","timeZone":"Asia/Almaty",
         "plan":{"stimulationStart":"2099-03-30","triggerEarliest":"2099-04-07T16:00:00+00:00","triggerLatest":"2099-04-13T16:00:00+00:00","stayFrom":"2099-03-30","stayTo":"2099-04-21","earliestFlight":"2099-04-15","latestFlight":"2099-04-21","testFrom":null,"testTo":null},
         "steps":[{"code":"retrieval","phase":"retrieval","start":"2099-04-09T04:00:00+00:00","end":"2099-04-09T05:00:00+00:00","earliest":"2099-04-09","latest":"2099-04-15","ifNeeded":false}],
         "weeks":[{"step":"retrieval","week":"2099-04-06","hasRoom":{{(room ? "true" : "false")}}}],"nextDay1":{{(next is null ? "null" : $"\"{next}\"")}},"sources":["ivf16"],"note":"n"}
        """;

    private static string CycleView(int version) => $$"""
        {"id":"{{Cycle}}","bookingId":"{{ServiceAnswers.Booking}}","reference":"KZ-4F7Q-92","bookingState":"confirmed","state":"started","attempt":2,"version":{{version}},"centerId":"c","timeZone":"Asia/Almaty","day1":"2099-03-01","triggerAt":null,
         "plan":{"stimulationStart":"2099-03-02","triggerEarliest":"2099-03-10T16:00:00+00:00","triggerLatest":"2099-03-16T16:00:00+00:00","stayFrom":"2099-03-02","stayTo":"2099-03-24","earliestFlight":"2099-03-18","latestFlight":"2099-03-24","testFrom":"2099-03-27","testTo":"2099-04-06"},
         "steps":[{"code":"monitoring-1","phase":"monitoring","start":"2021-03-02T04:00:00+00:00","end":"2021-03-02T04:30:00+00:00","earliest":"2021-03-02","latest":"2021-03-02","ifNeeded":false,"state":"booked"},
           {"code":"retrieval","phase":"retrieval","start":"2099-03-12T04:00:00+00:00","end":"2099-03-12T05:00:00+00:00","earliest":"2099-03-12","latest":"2099-03-18","ifNeeded":false,"state":"proposed"}],
         "weeks":[{"step":"retrieval","week":"2099-03-09"}],"sources":["ivf16"],"note":"n","nextDay1":"2099-03-29"}
        """;

    private void Answer(string request, string body, int status = 200) => site.Identity.Answers[request] = _ => Results.Text(body, "application/json", statusCode: status);
}
