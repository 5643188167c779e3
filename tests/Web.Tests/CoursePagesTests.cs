using System.Net;
using System.Text.Json;

namespace MedTourism.Web.Tests;

/// <summary>A booked course, moved by its patient, and the entry check beside it.</summary>
public sealed class CoursePagesTests
{
    private static readonly string Change = $"/en/booking/{Services.Booking}/change";
    private static readonly string Booked = $"/en/booking/{Services.Booking}";

    private Browser browser = null!;

    [SetUp]
    public async Task Start()
    {
        browser = await Browser.OpenAsync();
        (browser.Services.Course, browser.Services.State) = (true, "confirmed");
        await browser.GetAsync($"/en/open/repair/{Services.Booking}/the-key");
    }

    [TearDown]
    public async Task Stop() => await browser.DisposeAsync();

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public async Task Booked_and_other_dates_stand_side_by_side(string language)
    {
        var (response, page, _) = await browser.GetAsync(Change.Replace("/en/", $"/{language}/", StringComparison.Ordinal));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var sides = page.QuerySelectorAll(".sides > section");
        Assert.That(sides.Select(side => side.QuerySelectorAll(".day--on").Length), Is.EqualTo(new[] { 3, 3 }));
        if (language == "en")
        {
            Assert.That(page.QuerySelector(".plan .why")!.TextContent, Does.Contain("Your last day moves from Thu 4 Mar to Thu 11 Mar 2027").And.Contain("5 before, 5 now").And.Contain("Your price stays")
                .And.Contain("leaves earlier days to more urgent patients"));
            Assert.That(page.QuerySelector(".plan .stay")!.TextContent, Does.Contain("No visa needed"));
        }
    }

    [Test]
    public async Task Taking_a_plan_moves_the_course_and_the_booking_says_so()
    {
        var (_, page, _) = await browser.GetAsync(Change);
        var (moved, _, _) = await browser.SubmitAsync(page, Change, "form[method=post]", ("option", $"{CourseAnswers.Option}"));

        Assert.That(moved.Headers.Location!.ToString(), Is.EqualTo($"{Booked}?moved=1"));
        Assert.That(
            browser.Services.Received.Single(one => one.Request.StartsWith("POST /bookings/", StringComparison.Ordinal)).Body,
            Does.Contain($"\"optionId\":\"{CourseAnswers.Option}\"").And.Contain("\"sequence\":2").And.Contain("\"expectedDifferenceMinor\":0"));
        Assert.That((await browser.GetAsync($"{Booked}?moved=1")).Page.QuerySelector(".panel")!.TextContent, Does.Contain("Moved. These dates are yours now"));
    }

    [TestCase("option-expired", "These plans were offered too long ago")]
    [TestCase("time-taken", "Someone just took a part of these dates")]
    [TestCase("booking-changed", "The booking changed meanwhile")]
    public async Task A_plan_that_cannot_be_had_any_more_is_answered_with_fresh_ones(string slug, string heading)
    {
        browser.Services.MoveRefused = slug;
        var (_, page, _) = await browser.GetAsync(Change);
        var (refused, again, _) = await browser.SubmitAsync(page, Change, "form[method=post]", ("option", $"{CourseAnswers.Option}"));

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.Title, Does.StartWith("Error"));
        Assert.That(again.QuerySelector("#error-summary")!.TextContent, Does.Contain(heading).And.Contain("TomoTherapy 1"));
        Assert.That(again.QuerySelectorAll("input[name=option]"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_companion_and_a_passport_are_checked_without_standing_in_an_address()
    {
        var (_, page, _) = await browser.GetAsync(Booked);
        var (asked, _, _) = await browser.SubmitAsync(page, Booked, "#entry form", ("companion", "GB"), ("passport", "2027-04-01"), ("arrive", "2027-03-01"), ("leave", "2027-03-06"));
        Assert.That(asked.Headers.Location!.ToString(), Is.EqualTo($"{Booked}#entry"));

        var (_, told, _) = await browser.GetAsync(Booked);
        var entry = told.QuerySelector("#entry")!;
        Assert.That(entry.QuerySelectorAll("h3").Select(one => one.TextContent), Is.EqualTo(new[] { "Patient: United Kingdom", "Companion: United Kingdom" }));
        Assert.That(entry.TextContent, Does.Contain("Visa needed").And.Contain("Passport too short").And.Contain("Free days left for delays: 2. We suggest 3.").And.Contain("until Sat 12 Jun 2027"));
        Assert.That(entry.QuerySelectorAll("li span[lang=en]").Select(one => one.TextContent), Is.All.EqualTo("Only in English."));
        Assert.That(entry.QuerySelectorAll("dd").Select(one => one.TextContent), Has.Some.Contain("20 Feb 2027 (this day is past: choose a later arrival)"));
        Assert.That(entry.QuerySelector("form")!.GetAttribute("method"), Is.EqualTo("post"));

        var (_, unread, _) = await browser.SubmitAsync(told, Booked, "#entry form", ("passport", "next year"));
        Assert.That((await browser.GetAsync(Booked)).Page.QuerySelector("#passport")!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
    }

    [Test]
    public async Task Two_trips_are_two_stays_and_not_one_with_the_weeks_at_home()
    {
        browser.Services.Trips = true;
        var entry = (await browser.GetAsync(Booked)).Page.QuerySelector("#entry")!;
        var asked = JsonDocument.Parse(browser.Services.Received.Last(one => one.Request == "POST /stay-check").Body).RootElement;

        Assert.That(new[] { "from", "to", "from2", "to2" }.Select(day => asked.GetProperty(day).GetString()), Is.EqualTo(new[] { "2027-03-01", "2027-03-03", "2027-05-03", "2027-05-09" }));
        Assert.That(entry.QuerySelectorAll(":scope > .note").Select(line => line.TextContent), Has.Some.Contain("3 days").And.Some.Contain("7 days"));
        Assert.That(entry.QuerySelector("#arrive"), Is.Null, "one pair of days does not tell two trips");
    }

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public async Task The_plan_says_that_it_is_ranked_by_scarcity_and_checks_the_companion(string language)
    {
        await browser.GetAsync($"/en/open/plan/{CourseAnswers.Plan}/the-key");
        var address = $"/{language}/plan/{CourseAnswers.Plan}";
        var (_, page, _) = await browser.GetAsync($"{address}?part=morning");
        Assert.That(page.QuerySelectorAll("main [role=note]"), Has.Length.EqualTo(1));
        Assert.That(page.QuerySelectorAll(".why span[lang=en]"), Is.Empty, "Every reason has words.");

        var (asked, _, _) = await browser.SubmitAsync(page, address, "#entry form", ("companion", "GB"));
        Assert.That(asked.Headers.Location!.ToString(), Is.EqualTo($"{address}?part=morning#entry"));
        var stay = (await browser.GetAsync(address)).Page.QuerySelector(".plan .stay")!;
        Assert.That(stay.QuerySelectorAll(".tag"), Has.Length.EqualTo(2), "The patient's visa and the companion's.");
        Assert.That(stay.QuerySelectorAll("small").Single().TextContent, Does.Contain("2027"), "The companion's last day to apply is past, and said so.");
    }

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public async Task Who_cannot_be_moved_sees_other_centers_and_the_way_to_the_money(string language)
    {
        var start = DateTimeOffset.Parse("2027-03-10T05:00:00+00:00", System.Globalization.CultureInfo.InvariantCulture);
        browser.Services.Also[$"GET /bookings/{Services.Booking}/repair"] = _ => new
        {
            repairId = Guid.NewGuid(), state = "impossible", oldEnd = start, newEnd = start, moved = Array.Empty<object>(), refund = new { amountMinor = 26570000, currency = "KZT" }, serverNow = start,
            options = new object[]
            {
                new { kind = "transfer", currency = "KZT", offerId = Services.Instant, centerNames = new { en = "Other Center" }, priceMinor = 250000000, first = start, lastDay = "2027-03-31" },
                new { kind = "refund", amountMinor = 26570000, currency = "KZT" },
            },
        };
        var (response, page, _) = await browser.GetAsync($"/{language}/booking/{Services.Booking}/repair");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var ways = page.QuerySelector("section[aria-labelledby=options]")!;
        Assert.That(ways.QuerySelectorAll("a").Select(link => link.GetAttribute("href")), Is.EqualTo(new[] { $"/{language}/offers/{Services.Instant}", $"/{language}/booking/{Services.Booking}/cancel" }));
        if (language == "en")
        {
            Assert.That(ways.TextContent, Does.Contain("Other Center").And.Contain("first visit Wed 10 Mar 2027, last Wed 31 Mar 2027"));
            Assert.That(ways.QuerySelectorAll("a")[1].TextContent, Does.StartWith("Cancel and get").And.Contain("265,700"));
        }
    }
}
