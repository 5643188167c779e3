using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;

namespace MedTourism.Web.Tests;

/// <summary>Treatments with a calendar of their own, without any script: two trips at one price, and a cycle that follows the patient.</summary>
public sealed class CarePagesTests
{
    private const string Plan = "0c000000-0000-7000-8000-000000000001";
    private const string Option = "0d000000-0000-7000-8000-000000000001";
    private static readonly string Cycle = $"{Services.Hold}";
    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    private Browser browser = null!;

    [SetUp]
    public async Task Start()
    {
        browser = await Browser.OpenAsync();
        browser.Services.Also[$"GET /treatment-plans/{Plan}"] = _ => PlanView();
        browser.Services.Also["POST /trips/plan"] = _ => Pairs();
        browser.Services.Also[$"GET /cycles/{Cycle}"] = _ => CycleView("expected", 1, 0, "booked");
        browser.Services.Also[$"POST /cycles/{Cycle}/started"] = _ =>
        {
            browser.Services.Also[$"GET /cycles/{Cycle}"] = _ => CycleView("started", 2, -3, "proposed");
            return CycleView("started", 2, -3, "proposed");
        };
    }

    [TearDown]
    public async Task Stop() => await browser.DisposeAsync();

    [TestCaseSource(nameof(Languages))]
    public async Task The_plans_link_shows_pairs_of_trips_as_days_with_the_healing_between(string language)
    {
        await browser.GetAsync($"/{language}/open/plan/{Plan}/secret");
        var (response, page, html) = await browser.GetAsync($"/{language}/plan/{Plan}");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), html);
        Assert.That(html, Does.Not.Contain("secret"));
        Assert.That(page.QuerySelectorAll("input[name=option]").Length, Is.EqualTo(2));
        var pair = page.QuerySelector(".pair")!;
        Assert.That(pair.QuerySelectorAll(".days-row").Select(row => row.Children.Length), Is.EqualTo(new[] { 3, 7 }), "the days of each trip");
        Assert.That(pair.QuerySelectorAll(".day--on").Length, Is.EqualTo(3), "one visit first, two later");
        Assert.That(pair.QuerySelector(".heal svg"), Is.Not.Null);
        Assert.That(page.QuerySelectorAll(".pair").Select(one => one.QuerySelector("details")!.HasAttribute("open")), Is.EqualTo(new[] { true, false }), "the first is open, the rest are rows");
        Assert.That(page.QuerySelectorAll(".pair").Select(one => one.QuerySelectorAll(":scope > .legs dd").Length), Is.All.EqualTo(3), "both trips and the healing can be compared while closed");
        Assert.That(page.QuerySelectorAll(".pair > h3 .choice input[name=option]").Length, Is.EqualTo(2), "each can be chosen while closed");
    }

    [Test]
    public async Task A_pair_that_was_taken_is_answered_with_those_free_now_and_a_free_one_begins_the_questions()
    {
        await browser.GetAsync($"/en/open/plan/{Plan}/secret");
        var (_, page, _) = await browser.GetAsync($"/en/plan/{Plan}");
        browser.Services.Also["POST /trips/hold"] = _ => (409, "time-taken", new Dictionary<string, object?>());
        var (taken, again, _) = await browser.SubmitAsync(page, "", "form[method=post]", ("option", Option));
        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.QuerySelector(".error-summary h2")!.TextContent, Is.EqualTo("Someone just took a part of these dates"));
        Assert.That(again.QuerySelectorAll("input[name=option]").Length, Is.EqualTo(2));

        browser.Services.Also["POST /trips/hold"] = _ => (410, "option-expired", new Dictionary<string, object?>());
        var (stale, fresh, _) = await browser.SubmitAsync(again, "", "form[method=post]", ("option", Option));
        Assert.That(stale.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(fresh.QuerySelector(".error-summary h2")!.TextContent, Is.EqualTo("These dates were shown too long ago"));

        browser.Services.Also["POST /trips/hold"] = _ => new { holdId = Services.Hold, offerId = Services.Instant, start = Day(0), end = Day(0), timeZone = "Asia/Almaty", expiresAt = Day(1), serverNow = Day(0), extensionsLeft = 1, planId = Plan };
        var (kept, _, _) = await browser.SubmitAsync(fresh, "", "form[method=post]", ("option", Option));
        Assert.That(kept.Headers.Location!.ToString(), Is.EqualTo($"/en/book/{Services.Hold}/who"));
        Assert.That(browser.Services.Received.Last(one => one.Request == "POST /trips/hold").Headers["X-Access-Key"], Is.EqualTo("secret"));
    }

    [TestCaseSource(nameof(Languages))]
    public async Task An_expected_day_becomes_a_plan_in_ranges_with_the_room_of_its_weeks(string language)
    {
        browser.Services.Also[$"GET /offers/{Services.Instant}"] = _ => Offer();
        browser.Services.Also["POST /cycles/plan"] = _ => Preview(room: false);
        var path = $"/{language}/offers/{Services.Instant}/cycle";
        var (_, full, _) = await browser.AskDayAsync(path, "2027-03-02");
        Assert.That(full.QuerySelectorAll(".cycle__row").Length, Is.EqualTo(9));
        Assert.That(full.QuerySelectorAll("form.keep"), Is.Empty, "a full week cannot be kept");
        Assert.That(full.QuerySelector("form[action$='/cycle/day'] input[type=hidden][value='2027-03-16']"), Is.Not.Null, "the next day that works is offered");

        browser.Services.Also["POST /cycles/plan"] = _ => Preview(room: true);
        browser.Services.Also["POST /cycles"] = _ => new { hold = new { holdId = Services.Hold, accessKey = "the-key", offerId = Services.Instant, start = Day(0), end = Day(0), timeZone = "Asia/Almaty", expiresAt = Day(1), serverNow = Day(0), extensionsLeft = 1 }, cycle = CycleView("expected", 1, 0, "held") };
        var (_, page, _) = await browser.AskDayAsync(path, "2027-03-02");
        var (kept, _, _) = await browser.SubmitAsync(page, path, "form.keep");
        Assert.That(kept.Headers.Location!.ToString(), Is.EqualTo($"/{language}/book/{Services.Hold}/who"));
        Assert.That(JsonDocument.Parse(browser.Services.Received.Last(one => one.Request == "POST /cycles").Body).RootElement.GetProperty("day1").GetString(), Is.EqualTo("2027-03-02"));
    }

    [TestCase("", 422), TestCase("tomorrow", 422)]
    public async Task A_day_that_is_none_is_asked_for_again(string typed, int status)
    {
        browser.Services.Also[$"GET /offers/{Services.Instant}"] = _ => Offer();
        var path = $"/en/offers/{Services.Instant}/cycle";
        var (_, page, _) = await browser.GetAsync(path);
        browser.Services.Also["POST /cycles/plan"] = _ => Preview(room: true);
        var (_, planned, _) = await browser.AskDayAsync(path, "2027-03-02");
        Assert.That(page.QuerySelectorAll("form.keep"), Is.Empty);
        var (response, again, _) = await browser.SubmitAsync(planned, path, "form.keep", ("day1", typed));

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(again.QuerySelector("#day1")!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
    }

    [TestCaseSource(nameof(Languages))]
    public async Task One_tap_moves_every_step_and_shows_old_beside_new(string language)
    {
        await browser.GetAsync($"/{language}/open/cycle/{Cycle}/secret");
        var (_, page, _) = await browser.GetAsync($"/{language}/cycle/{Cycle}");
        Assert.That(browser.Services.Received.Select(one => one.Request), Has.None.StartsWith("POST"), "the link of a letter changes nothing by itself");
        var (response, _, _) = await browser.SubmitAsync(page, "", ".started form", ("when", "today"));
        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo($"/{language}/cycle/{Cycle}"));

        var (_, moved, html) = await browser.GetAsync($"/{language}/cycle/{Cycle}");
        var rows = moved.QuerySelectorAll("section[role=status] tbody tr");
        Assert.That(rows.Length, Is.EqualTo(4), "day 1, a scan, retrieval, transfer");
        Assert.That(moved.QuerySelectorAll("section[role=status] .tag--warn").Length, Is.EqualTo(3), "each waits for the laboratory");
        Assert.That(html, Does.Not.Contain("secret"));
    }

    [Test]
    public async Task A_full_week_leaves_the_dates_and_says_whom_to_call()
    {
        await browser.GetAsync($"/en/open/cycle/{Cycle}/secret");
        browser.Services.Also[$"POST /cycles/{Cycle}/started"] = _ => (409, "week-full", new Dictionary<string, object?> { ["step"] = "retrieval", ["week"] = "2027-03-15", ["capacity"] = 2 });
        var (_, page, _) = await browser.GetAsync($"/en/cycle/{Cycle}");
        var (response, again, _) = await browser.SubmitAsync(page, "", ".started details form", ("when", "day"), ("day1", "2027-03-01"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.QuerySelector(".error-summary")!.TextContent, Does.Contain("Egg retrieval, week of").And.Contain("Call the center"));
        Assert.That(((IHtmlInputElement)again.QuerySelector("#day1")!).Value, Is.EqualTo("2027-03-01"));
    }

    [Test]
    public async Task Another_browser_opens_no_cycle()
    {
        var (response, _, _) = await browser.GetAsync($"/en/cycle/{Cycle}");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(browser.Services.Received.Select(one => one.Request), Has.None.Contains("/cycles"));
    }

    private static DateTimeOffset Day(int days, int hour = 4) => new DateTimeOffset(2027, 3, 2, hour, 0, 0, TimeSpan.Zero).AddDays(days);

    private static string Date(int days) => $"{Day(days):yyyy-MM-dd}";

    private static object Kzt(long minor) => new { amountMinor = minor, currency = "KZT" };

    internal static object Offer() => new
    {
        id = Services.Instant, procedureId = "ivf-standard", procedure = new { text = "IVF", lang = "en" }, line = new { id = "reproductive", name = new { text = "Reproductive", lang = "en" } },
        center = new { id = "c", slug = "c", name = new { text = "Center", lang = "en" }, city = new { id = "almaty", name = new { text = "Almaty", lang = "en" } }, demo = false }, mode = "cycle",
        price = Kzt(130_000_000), deposit = Kzt(26_000_000), durationMinutes = 60, languages = new[] { "ru" }, demo = false, included = Array.Empty<object>(), notIncluded = Array.Empty<object>(), cancellation = Array.Empty<object>(),
        preparation = Array.Empty<object>(), screening = Array.Empty<object>(), equipment = Array.Empty<object>(), sources = Array.Empty<object>(), otherCenters = Array.Empty<object>(),
    };

    private static object PlanView() => new
    {
        id = Plan, state = "issued", offerId = Services.Instant, procedureNames = new { en = "Dental implant" }, centerId = "dental", centerNames = new { en = "Dental" }, timeZone = "Asia/Almaty",
        pattern = new { sessions = 3, sessionMinutes = 120, cadence = "daily", trips = new { jaw = "lower", graftDays = 0, gapMinDays = 60, gapMaxDays = 180, flyAfterDays = 1 } },
        price = Kzt(40_000_000), deposit = Kzt(4_000_000), validUntil = Day(60), serverNow = Day(0), readyOn = Date(0), demo = true,
        patient = new { familyName = "Weber", givenNames = "Anna", dateOfBirth = "1980-01-02", citizenship = "DE" }, contact = new { email = "a@example.org", culture = "en", neutralTitle = false },
    };

    private static object Pairs()
    {
        return new { planId = Plan, timeZone = "Asia/Almaty", serverNow = Day(0), optionsExpireAt = Day(1), options = new[] { Pair(1, 0, "earliest"), Pair(2, 7, "later-start") }, refusal = (object?)null, sources = new[] { "dental2" } };

        static object Pair(int rank, int later, string why) => new
        {
            optionId = rank == 1 ? Option : "0d000000-0000-7000-8000-000000000002", rank, gapDays = 62, earliestReturn = Date(61 + later), latestReturn = Date(181 + later),
            first = new { arriveOn = Date(later), leaveOn = Date(later + 2), days = 3, visits = new[] { new { number = 1, phase = "placement", start = Day(later + 1), end = Day(later + 1, 6), machine = "Chair" } } },
            second = new { arriveOn = Date(62 + later), leaveOn = Date(68 + later), days = 7, visits = new[] { new { number = 2, phase = "prosthetic", start = Day(63 + later), end = Day(63 + later, 5), machine = "Chair" }, new { number = 3, phase = "prosthetic", start = Day(67 + later), end = Day(67 + later, 5), machine = "Chair" } } },
            stay = new { citizenship = "DE", needsVisa = "no", neededDays = 10, longestVisitDays = 7, allowedDays = 30, applyBy = (string?)null },
            why = new[] { new { code = why, parameters = new Dictionary<string, object> { ["gapDays"] = 62, ["gapMinDays"] = 60, ["days"] = later }, text = why } },
        };
    }

    private static object Dates(int shift) => new
    {
        stimulationStart = Date(1 + shift), triggerEarliest = Day(9 + shift, 16), triggerLatest = Day(15 + shift, 16), stayFrom = Date(1 + shift), stayTo = Date(23 + shift), earliestFlight = Date(17 + shift), latestFlight = Date(23 + shift),
        testFrom = Date(26 + shift), testTo = Date(36 + shift),
    };

    private static object Step(string code, string phase, int day, int latest, string? state) =>
        new { code, phase, start = Day(day), end = Day(day, 5), earliest = Date(day), latest = Date(latest), ifNeeded = false, state };

    private static object[] Steps(int shift, string? state) =>
        [Step("monitoring-1", "monitoring", 1 + shift, 1 + shift, state), Step("retrieval", "retrieval", 11 + shift, 17 + shift, state), Step("transfer", "transfer", 16 + shift, 22 + shift, state)];

    private static object Preview(bool room) => new
    {
        day1 = Date(0), timeZone = "Asia/Almaty", plan = Dates(0), steps = Steps(0, null), weeks = new[] { new { step = "retrieval", week = "2027-03-08", hasRoom = room }, new { step = "transfer", week = "2027-03-15", hasRoom = true } },
        nextDay1 = room ? null : "2027-03-16", sources = new[] { "ivf16" }, note = "n",
    };

    private static object CycleView(string state, int version, int shift, string steps) => new
    {
        id = Cycle, bookingId = Services.Booking, reference = "KZ-4F7Q-92", bookingState = "confirmed", state, attempt = 1, version, centerId = "c", timeZone = "Asia/Almaty", day1 = Date(shift), triggerAt = (string?)null,
        plan = Dates(shift), steps = Steps(shift, steps), weeks = Array.Empty<object>(), sources = new[] { "ivf16" }, note = "n",
    };
}
