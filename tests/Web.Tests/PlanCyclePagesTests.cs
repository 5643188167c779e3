using System.Net;
using System.Text.Json;

namespace MedTourism.Web.Tests;

/// <summary>A cycle that a doctor ordered, from the letter's link to the kept week, without any script: a frozen transfer, and plans that open nothing.</summary>
public sealed class PlanCyclePagesTests
{
    private const string Plan = "0c000000-0000-7000-8000-000000000007";
    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    private Browser browser = null!;

    [SetUp]
    public async Task Start()
    {
        browser = await Browser.OpenAsync();
        browser.Services.Also[$"GET /treatment-plans/{Plan}"] = _ => PlanView("issued");
        browser.Services.Also["POST /cycles/plan"] = _ => Preview();
        browser.Services.Also["POST /cycles"] = _ => new { hold = new { holdId = Services.Hold, offerId = Services.Instant, start = Day(18), end = Day(18), timeZone = "Asia/Almaty", expiresAt = Day(1), serverNow = Day(0), extensionsLeft = 0, planId = Plan }, cycle = CycleView() };
    }

    [TearDown]
    public async Task Stop() => await browser.DisposeAsync();

    [TestCaseSource(nameof(Languages))]
    public async Task The_letters_link_leads_to_a_frozen_transfers_one_day_and_keeps_its_week(string language)
    {
        var (opened, _, _) = await browser.GetAsync($"/{language}/open/plan/{Plan}/secret");
        Assert.That(opened.Headers.Location!.ToString(), Is.EqualTo($"/{language}/plan/{Plan}"));
        var (plan, _, _) = await browser.GetAsync($"/{language}/plan/{Plan}");
        Assert.That(plan.Headers.Location!.ToString(), Is.EqualTo($"/{language}/plan/{Plan}/cycle"));
        var path = $"/{language}/plan/{Plan}/cycle";
        var (_, asked, html) = await browser.GetAsync(path);
        Assert.That(asked.QuerySelectorAll("form.keep"), Is.Empty, "nothing to keep before a day is said");
        Assert.That(html, Does.Not.Contain("secret"));

        var (_, page, _) = await browser.AskDayAsync(path, "2027-03-02");
        Assert.That(page.QuerySelectorAll(".cycle__row").Select(row => row.GetAttribute("data-k")), Is.EqualTo(new[] { "day1", "transfer", "stay", "flight", "test" }), "no stimulation, no scans, no trigger");
        Assert.That(page.QuerySelector(".swatch--maybe"), Is.Null, "every day of it is certain");
        var (kept, _, _) = await browser.SubmitAsync(page, path, "form.keep");
        Assert.That(kept.Headers.Location!.ToString(), Is.EqualTo($"/{language}/book/{Services.Hold}/who"));
        var sent = browser.Services.Received.Last(one => one.Request == "POST /cycles");
        Assert.That(sent.Headers["X-Access-Key"], Is.EqualTo("secret"));
        var body = JsonDocument.Parse(sent.Body).RootElement;
        Assert.That((body.GetProperty("planId").GetString(), body.GetProperty("day1").GetString()), Is.EqualTo((Plan, "2027-03-02")));
        Assert.That(body.GetProperty("offerId").ValueKind, Is.EqualTo(JsonValueKind.Null), "the plan says what is sold at which price");
    }

    [Test]
    public async Task A_browser_without_the_plans_key_and_one_with_another_see_nothing_of_it()
    {
        var (foreign, _, _) = await browser.AskDayAsync($"/en/plan/{Plan}/cycle", "2027-03-02");
        Assert.That(foreign.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(browser.Services.Received.Select(one => one.Request), Has.None.Contains("treatment-plans").And.None.Contains("cycles"));

        await browser.GetAsync($"/en/open/plan/{Plan}/wrong");
        browser.Services.Also[$"GET /treatment-plans/{Plan}"] = _ => (404, "treatment-plan-unknown", new Dictionary<string, object?>());
        var (wrong, page, _) = await browser.GetAsync($"/en/plan/{Plan}/cycle");
        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(page.QuerySelector("main")!.TextContent, Does.Not.Contain("Frozen"));
    }

    [TestCase("expired", "This plan is no longer valid"), TestCase("withdrawn", "The center has withdrawn this plan")]
    public async Task A_plan_that_is_over_says_so_and_keeps_nothing(string state, string heading)
    {
        await browser.GetAsync($"/en/open/plan/{Plan}/secret");
        var (_, open, _) = await browser.AskDayAsync($"/en/plan/{Plan}/cycle", "2027-03-02");
        browser.Services.Also[$"GET /treatment-plans/{Plan}"] = _ => PlanView(state);
        var (response, page, _) = await browser.AskDayAsync($"/en/plan/{Plan}/cycle", "2027-03-02");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(page.QuerySelector("h1")!.TextContent, Is.EqualTo(heading));

        var (late, again, _) = await browser.SubmitAsync(open, $"/en/plan/{Plan}/cycle", "form.keep");
        Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.Gone), "a page that stood open too long");
        Assert.That(again.QuerySelector("h1")!.TextContent, Is.EqualTo(heading));
        Assert.That(browser.Services.Received.Select(one => one.Request), Has.None.EqualTo("POST /cycles"));
    }

    [Test]
    public async Task A_plan_of_sessions_is_chosen_on_its_own_page()
    {
        await browser.GetAsync($"/en/open/plan/{Plan}/secret");
        browser.Services.Also[$"GET /treatment-plans/{Plan}"] = _ => PlanView("issued", cycle: false);
        var (response, _, _) = await browser.GetAsync($"/en/plan/{Plan}/cycle");
        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo($"/en/plan/{Plan}"));
    }

    [Test]
    public async Task A_day_before_the_doctors_is_asked_for_again_and_a_held_plan_says_where_it_is()
    {
        await browser.GetAsync($"/en/open/plan/{Plan}/secret");
        browser.Services.Also["POST /cycles/plan"] = _ => (422, "invalid-fields", new Dictionary<string, object?> { ["errors"] = new Dictionary<string, string[]> { ["day1"] = ["too early"] } });
        var (early, page, _) = await browser.AskDayAsync($"/en/plan/{Plan}/cycle", "2027-02-25");
        Assert.That(early.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(page.QuerySelector("#day1-e")!.TextContent, Does.Contain("Your doctor’s plan begins on"));

        browser.Services.Also["POST /cycles/plan"] = _ => Preview();
        browser.Services.Also["POST /cycles"] = _ => (409, "plan-held", new Dictionary<string, object?>());
        var (_, shown, _) = await browser.AskDayAsync($"/en/plan/{Plan}/cycle", "2027-03-02");
        var (held, again, _) = await browser.SubmitAsync(shown, $"/en/plan/{Plan}/cycle", "form.keep");
        Assert.That(held.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.QuerySelector(".error-summary h2")!.TextContent, Is.EqualTo("Dates for this plan are kept already"));
    }

    [TestCaseSource(nameof(Languages))]
    public async Task A_treatment_that_needs_a_plan_says_how_to_get_one_before_it_asks_anything(string language)
    {
        browser.Services.Also[$"GET /offers/{Services.Instant}"] = _ => CarePagesTests.Offer();
        browser.Services.Also["POST /cycles/plan"] = _ => (422, "needs-treatment-plan", new Dictionary<string, object?>());
        var (response, page, _) = await browser.GetAsync($"/{language}/offers/{Services.Instant}/cycle");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.QuerySelectorAll("main form"), Is.Empty);
        Assert.That(page.QuerySelectorAll("main ol li").Length, Is.EqualTo(3));
    }

    private static DateTimeOffset Day(int days, int hour = 4) => new DateTimeOffset(2027, 3, 2, hour, 0, 0, TimeSpan.Zero).AddDays(days);

    private static string Date(int days) => $"{Day(days):yyyy-MM-dd}";

    private static object Kzt(long minor) => new { amountMinor = minor, currency = "KZT" };

    private static object PlanView(string state, bool cycle = true) => new
    {
        id = Plan, state, offerId = Services.Instant, procedureNames = new { en = "Frozen embryo transfer" }, centerId = "persona", centerNames = new { en = "Center" }, timeZone = "Asia/Almaty",
        pattern = new { sessions = 1, sessionMinutes = 30, cadence = "daily", ivf = cycle ? new { retrieval = false, transferDay = (int?)null, transferCycleDay = 19 } : null },
        price = Kzt(60_000_000), deposit = Kzt(6_000_000), validUntil = Day(60), serverNow = Day(0), readyOn = Date(0), demo = true,
        patient = new { familyName = "Weber", givenNames = "Anna", dateOfBirth = "1985-01-02", citizenship = "DE" }, contact = new { email = "a@example.org", culture = "en", neutralTitle = false },
    };

    private static object Dates() => new
    {
        stimulationStart = (string?)null, triggerEarliest = (string?)null, triggerLatest = (string?)null, stayFrom = Date(18), stayTo = Date(19), earliestFlight = Date(19), latestFlight = Date(19), testFrom = Date(28), testTo = Date(32),
    };

    private static object[] Steps(string? state) => [new { code = "transfer", phase = "transfer", start = Day(18), end = Day(18, 5), earliest = Date(18), latest = Date(18), ifNeeded = false, state }];

    private static object Preview() => new
    {
        day1 = Date(0), timeZone = "Asia/Almaty", plan = Dates(), steps = Steps(null), weeks = new[] { new { step = "transfer", week = "2027-03-15", hasRoom = true } }, nextDay1 = (string?)null, sources = new[] { "ivf16" }, note = "n",
    };

    private static object CycleView() => new
    {
        id = Services.Hold, bookingId = (string?)null, reference = (string?)null, bookingState = "held", state = "expected", attempt = 1, version = 1, centerId = "c", timeZone = "Asia/Almaty", day1 = Date(0), triggerAt = (string?)null,
        plan = Dates(), steps = Steps("held"), weeks = Array.Empty<object>(), sources = new[] { "ivf16" }, note = "n", nextDay1 = Date(28),
    };
}
