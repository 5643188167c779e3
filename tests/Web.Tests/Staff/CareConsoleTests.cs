using System.Net;
using System.Text.Json;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>What a center's people do with two-trip plans, cycles and laboratory weeks, and who may do which.</summary>
public sealed class CareConsoleTests
{
    private const string Offer = "0f000000-0000-7000-8000-000000000001";
    private const string Cycle = "0c000000-0000-7000-8000-000000000002";
    private const string Jaw = """{"graftDays":0,"first":[{"minutes":120,"afterDays":0}],"second":[{"minutes":60,"afterDays":0},{"minutes":60,"afterDays":5}],"firstStayDays":3,"secondStayDays":5,"flyAfterDays":1""";
    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        Answer("GET /countries", """[{"code":"DE","name":{"text":"Germany","lang":"en"}}]""");
        Answer("GET /clinic/treatment-plans", "[]");
        Answer("GET /clinic/treatment-plans/offers", $$"""[{"offerId":"{{Offer}}","procedureNames":{"en":"Implant"},"kind":"trips"}]""");
        Answer("GET /clinic/treatment-plans/defaults", $$"""
            {"offerId":"{{Offer}}","procedureNames":{"en":"Implant"},"patternId":null,"pattern":{"sessions":1,"sessionMinutes":60,"cadence":"daily","resourceKinds":["dental-chair"]},"fewestSessions":1,"mostSessions":1,"planningMinWorkingDays":0,
             "planningMaxWorkingDays":0,"priceMinor":40000000,"depositMinor":4000000,"currency":"KZT","basis":{"gapMinDays":"dentaljaw","visits":"needs a clinician's sign-off"},"kinds":[{"name":"dental-chair","open":1,"slotMinutes":30,"matched":false}],
             "trips":{"lower":{{Jaw}},"jaw":"lower","gapMinDays":60,"gapMaxDays":180},"upper":{{Jaw}},"jaw":"upper","gapMinDays":120,"gapMaxDays":180} } }
            """);
        Answer("GET /clinic/cycles", $"[{CycleView}]");
        Answer($"POST /clinic/cycles/{Cycle}/accept", CycleView);
        Answer("GET /clinic/cycles/capacity", """[{"step":"retrieval","monday":"2027-03-01","capacity":4,"kept":4},{"step":"transfer","monday":"2027-03-01","capacity":6,"kept":1}]""");
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

    [TestCaseSource(nameof(Languages))]
    public async Task The_pages_have_their_words_in_every_language(string language)
    {
        using var browser = await site.SignInAsync($"doctor-{language}", "clinic", "doctor", "scheduler");
        foreach (var path in new[] { "plans", $"plans/new/{Offer}/trips", $"plans/new/{Offer}/trips?jaw=upper", "cycles", "cycles/capacity" })
        {
            var response = await browser.GetAsync($"/{language}/console/{path}");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
            Assert.That((await StaffSite.PageAsync(response)).QuerySelectorAll("h1").Single().TextContent, Is.Not.Empty, path);
        }
    }

    [Test]
    public async Task The_form_begins_with_the_jaws_gap_and_a_graft_adds_to_it()
    {
        using var browser = await site.SignInAsync("dentist", "clinic", "doctor");
        var upper = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/plans/new/{Offer}/trips?jaw=upper"));
        Assert.That(upper.QuerySelector("#gap-min")!.GetAttribute("value"), Is.EqualTo("120"));
        Assert.That(upper.QuerySelector("#gap-min-h")!.TextContent, Does.Contain("dentaljaw").And.Contain("sign-off"));

        Answer("POST /clinic/treatment-plans", "{}", 201);
        var answers = upper.QuerySelectorAll("form[method=post] input, form[method=post] select").Where(field => field.GetAttribute("name") is { Length: > 0 })
            .GroupBy(field => field.GetAttribute("name")!).ToDictionary(fields => fields.Key, fields => fields.First().GetAttribute("value") ?? "");
        (answers["graft"], answers["born"], answers["given"], answers["family"], answers["email"], answers["citizenship"], answers["machine-kind"], answers["culture"]) = ("30", "1980-01-02", "ANNA", "WEBER", "a@example.org", "DE", "dental-chair", "en");
        answers["priority"] = "3";
        using var form = new FormUrlEncodedContent(answers);
        var response = await browser.PostAsync($"/en/console/plans/new/{Offer}/trips", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await response.Content.ReadAsStringAsync());
        var trips = JsonDocument.Parse(site.Identity.Received.Last(received => received.Request == "POST /clinic/treatment-plans").Body).RootElement.GetProperty("pattern").GetProperty("trips");
        Assert.That((trips.GetProperty("jaw").GetString(), trips.GetProperty("gapMinDays").GetInt32(), trips.GetProperty("second").GetArrayLength()), Is.EqualTo(("upper", 150, 2)));
    }

    [Test]
    public async Task Everything_that_is_missing_is_told_at_once_and_nothing_typed_is_lost()
    {
        using var browser = await site.SignInAsync("dentist-in-haste", "clinic", "doctor");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/plans/new/{Offer}/trips"));
        var answers = page.QuerySelectorAll("form[method=post] input, form[method=post] select").Where(field => field.GetAttribute("name") is { Length: > 0 })
            .GroupBy(field => field.GetAttribute("name")!).ToDictionary(fields => fields.Key, fields => fields.First().GetAttribute("value") ?? "");
        (answers["phone"], answers["born"], answers["culture"], answers["priority"]) = ("+7 700 000 00 00", "yesterday", "en", "3");
        using var form = new FormUrlEncodedContent(answers);
        var response = await browser.PostAsync($"/en/console/plans/new/{Offer}/trips", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        var again = await StaffSite.PageAsync(response);
        Assert.That(
            again.QuerySelectorAll("#error-summary a").Select(link => (link.GetAttribute("href"), link.TextContent)),
            Is.EqualTo(new[] { ("#family", "Fill in: Family name"), ("#born", "Check: Date of birth"), ("#email", "Fill in: E-mail"), ("#citizenship", "Fill in: Citizenship") }));
        Assert.That(again.QuerySelector("#phone")!.GetAttribute("value"), Is.EqualTo("+7 700 000 00 00"));
    }

    [Test]
    public async Task A_proposal_is_accepted_as_it_was_seen()
    {
        using var browser = await site.SignInAsync("coordinator", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/cycles"));
        Assert.That(page.QuerySelector($"form[action$='/cycles/{Cycle}/trigger']"), Is.Null, "the trigger is a doctor's word");
        using var form = new FormUrlEncodedContent(page.QuerySelectorAll($"form[action$='/cycles/{Cycle}/accept'] input").ToDictionary(field => field.GetAttribute("name")!, field => field.GetAttribute("value")!));
        var response = await browser.PostAsync($"/en/console/cycles/{Cycle}/accept", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(site.Identity.Received.Last(received => received.Request == $"POST /clinic/cycles/{Cycle}/accept").Body, Is.EqualTo("{\"version\":3}"));
    }

    [Test]
    public async Task A_doctor_sets_the_hour_of_the_trigger_on_the_centers_clock()
    {
        using var browser = await site.SignInAsync("doctor", "clinic", "doctor");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/cycles"));
        Answer($"POST /clinic/cycles/{Cycle}/trigger", CycleView);
        using var form = Form(page.QuerySelector($"form[action$='/trigger'] input[name=token]")!.GetAttribute("value")!, ("at", "2027-03-11T22:15"));
        await browser.PostAsync($"/en/console/cycles/{Cycle}/trigger", form);

        Assert.That(site.Identity.Received.Last(received => received.Request.EndsWith("/trigger", StringComparison.Ordinal)).Body, Does.Contain("2027-03-11T22:15:00").And.Contain("05:00"));
    }

    [TestCase("doctor", "capacity", "/console/cycles/capacity"), TestCase("scheduler", "at", $"/console/cycles/{Cycle}/trigger"), TestCase("scheduler", "day1", $"/console/cycles/{Cycle}/give-up"), TestCase("viewer", "version", $"/console/cycles/{Cycle}/accept")]
    public async Task Who_has_another_role_changes_nothing(string role, string field, string path)
    {
        using var browser = await site.SignInAsync($"{role}-{field}", "clinic", role);
        using var form = Form("none", (field, "5"));
        var response = await browser.PostAsync($"/en{path}", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.StartsWith("POST /clinic").And.None.StartsWith("PUT /clinic"));
    }

    [Test]
    public async Task A_cap_below_what_patients_keep_is_refused_with_the_weeks()
    {
        using var browser = await site.SignInAsync("scheduler", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/cycles/capacity"));
        site.Identity.Answers["PUT /clinic/cycles/capacity"] = _ => Results.Json(
            new { type = "urn:medtourism:problem:capacity-in-use", status = 409, weeks = new[] { new { step = "retrieval", monday = "2027-03-01", kept = 4 } } }, statusCode: 409, contentType: "application/problem+json");
        using var form = Form(page.QuerySelector("form[method=post] input[name=token]")!.GetAttribute("value")!, ("step", "retrieval"), ("from", "2027-03-01"), ("to", "2027-03-07"), ("capacity", "2"));
        var response = await browser.PostAsync("/en/console/cycles/capacity", form);
        var again = await StaffSite.PageAsync(response);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.QuerySelector(".error-summary")!.TextContent, Does.Contain("4 places kept"));
        Assert.That(again.QuerySelector("#capacity")!.GetAttribute("value"), Is.EqualTo("2"));
    }

    private static string CycleView => $$"""
        {"id":"{{Cycle}}","bookingId":"{{ServiceAnswers.Booking}}","reference":"KZ-4F7Q-92","bookingState":"confirmed","state":"started","attempt":2,"version":3,"centerId":"c","timeZone":"Asia/Almaty","day1":"2027-03-01","triggerAt":null,
         "plan":{"stimulationStart":"2027-03-02","triggerEarliest":"2027-03-10T16:00:00+00:00","triggerLatest":"2027-03-16T16:00:00+00:00","stayFrom":"2027-03-02","stayTo":"2027-03-24","earliestFlight":"2027-03-18","latestFlight":"2027-03-24","testFrom":"2027-03-27","testTo":"2027-04-06"},
         "steps":[{"code":"monitoring-1","phase":"monitoring","start":"2027-03-02T04:00:00+00:00","end":"2027-03-02T04:30:00+00:00","earliest":"2027-03-02","latest":"2027-03-02","ifNeeded":false,"state":"booked"},
           {"code":"retrieval","phase":"retrieval","start":"2027-03-12T04:00:00+00:00","end":"2027-03-12T05:00:00+00:00","earliest":"2027-03-12","latest":"2027-03-18","ifNeeded":false,"state":"proposed"}],
         "weeks":[],"sources":["ivf16"],"note":"n"}
        """;

    private void Answer(string request, string body, int status = 200) => site.Identity.Answers[request] = _ => Results.Text(body, "application/json", statusCode: status);

    private static FormUrlEncodedContent Form(string token, params (string Name, string Value)[] fields) =>
        new([new("token", token), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]);
}
