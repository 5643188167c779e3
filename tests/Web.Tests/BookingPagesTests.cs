using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;

namespace MedTourism.Web.Tests;

/// <summary>From a chosen time to the payment page and back, without any script.</summary>
public sealed class BookingPagesTests
{
    private static readonly string Who = $"/en/book/{Services.Hold}/who";
    private static readonly string Contact = $"/en/book/{Services.Hold}/contact";
    private static readonly string Health = $"/en/book/{Services.Hold}/health";
    private static readonly string Check = $"/en/book/{Services.Hold}/check";
    private static readonly (string, string)[] Patient = [("who", "other"), ("given", "AIGUL"), ("family", "TEST"), ("dob-d", "3"), ("dob-m", "4"), ("dob-y", "1978"), ("citizenship", "GB")];

    private Browser browser = null!;

    [SetUp]
    public async Task Start() => browser = await Browser.OpenAsync();

    [TearDown]
    public async Task Stop() => await browser.DisposeAsync();

    [Test]
    public async Task A_patient_gets_to_the_payment_page()
    {
        await HoldAsync();
        Assert.That(await SendAsync(Who, Patient), Is.EqualTo(Contact));
        Assert.That(await SendAsync(Contact, ("email", "patient@example.org"), ("phone", "+44 7700 900000"), ("neutral", "on")), Is.EqualTo(Health));
        Assert.That(await SendAsync(Health, ("q-pregnant", "no")), Is.EqualTo(Check));
        browser.Services.NotReady = 2;
        Assert.That(await SendAsync(Check, ("agree", "on")), Is.EqualTo("https://pay.example/session"));

        var (_, body, headers) = browser.Services.Received.Single(one => one.Request == "POST /bookings");
        var sent = JsonDocument.Parse(body).RootElement;
        Assert.That(sent.GetProperty("patient").GetProperty("dateOfBirth").GetString(), Is.EqualTo("1978-04-03"));
        Assert.That(sent.GetProperty("contact").GetProperty("phone").GetString(), Is.EqualTo("+447700900000"));
        Assert.That(sent.GetProperty("contact").GetProperty("neutralTitle").GetBoolean(), Is.True);
        Assert.That(sent.GetProperty("answers")[0].GetProperty("value").GetString(), Is.EqualTo("no"));
        Assert.That(headers["X-Access-Key"], Is.EqualTo("the-key"));
        Assert.That(headers["Idempotency-Key"], Is.Not.Empty);
        Assert.That(browser.Services.Received.Count(one => one.Request == "POST /checkouts"), Is.EqualTo(3));
    }

    [Test]
    public async Task A_refused_page_says_what_is_wrong_and_keeps_what_was_typed()
    {
        await HoldAsync();
        var (_, form, _) = await browser.GetAsync(Who);
        var (response, page, _) = await browser.SubmitAsync(form, Who, "#answers", ("who", "self"), ("given", "AIGUL"), ("dob-d", "31"), ("dob-m", "2"), ("dob-y", "1978"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(page.Title, Does.StartWith("Error: "));
        var links = page.QuerySelectorAll("#error-summary a").Select(link => link.GetAttribute("href")!).ToArray();
        Assert.That(links, Is.EqualTo(new[] { "#family", "#dob-d", "#citizenship" }));
        Assert.That(links.Select(link => page.QuerySelector(link)), Has.None.Null);
        Assert.That(Value(page, "given"), Is.EqualTo("AIGUL"));

        var (_, again, _) = await browser.GetAsync(Who);
        Assert.That(Value(again, "given"), Is.EqualTo("AIGUL"));
        Assert.That(Value(again, "dob-d"), Is.EqualTo("31"));
        var (_, inArabic, _) = await browser.GetAsync(Who.Replace("/en/", "/ar/", StringComparison.Ordinal));
        Assert.That(Value(inArabic, "given"), Is.EqualTo("AIGUL"));
    }

    [Test]
    public async Task A_name_that_is_not_Latin_is_asked_for_once_more_and_then_believed()
    {
        await HoldAsync();
        var (_, form, _) = await browser.GetAsync(Who);
        (string, string)[] cyrillic = [.. Patient.Where(field => field.Item1 != "given"), ("given", "Айгүл")];
        var (_, refused, html) = await browser.SubmitAsync(form, Who, "#answers", cyrillic);
        Assert.That(html, Does.Contain("AIGUL"));

        var (accepted, _, _) = await browser.SubmitAsync(refused, Who, "#answers", cyrillic);
        Assert.That(accepted.Headers.Location!.ToString(), Is.EqualTo(Contact));
    }

    [Test]
    public async Task What_has_no_Arabic_keeps_its_own_language_and_direction_in_an_Arabic_page()
    {
        await HoldAsync();
        await SendAsync(Who, Patient);
        await SendAsync(Contact, ("email", "patient@example.org"));
        var (_, health, _) = await browser.GetAsync(Health.Replace("/en/", "/ar/", StringComparison.Ordinal));
        Assert.That(health.QuerySelector("legend bdi[lang=en]")?.TextContent, Is.EqualTo("Are you pregnant?"));

        await SendAsync(Health, ("q-pregnant", "no"));
        var (_, check, _) = await browser.GetAsync(Check.Replace("/en/", "/ar/", StringComparison.Ordinal));
        Assert.That(check.QuerySelectorAll("dt bdi[lang=en]").Select(label => label.TextContent), Does.Contain("Are you pregnant?"));
    }

    [TestCase("UMC Diagnostic Center", "UMC Diagnostic Center, Astana")]
    [TestCase("PET centre, Astana", "PET centre, Astana")]
    public async Task A_city_in_the_name_of_its_center_is_said_once(string center, string said)
    {
        browser.Services.CenterName = center;
        await HoldAsync();
        await SendAsync(Who, Patient);
        await SendAsync(Contact, ("email", "patient@example.org"));
        await SendAsync(Health, ("q-pregnant", "no"));
        var (_, page, _) = await browser.GetAsync(Check);
        Assert.That(page.QuerySelectorAll("main dd").Select(dd => dd.TextContent.Trim()), Does.Contain(said));
    }

    [Test]
    public async Task Keeping_the_time_longer_keeps_what_is_typed()
    {
        await HoldAsync();
        Assert.That(await SendAsync(Who, ("given", "AIG"), ("action", "extend")), Is.EqualTo(Who));

        Assert.That(browser.Services.Received.Select(one => one.Request), Does.Contain($"POST /holds/{Services.Hold}/extend"));
        Assert.That(Value((await browser.GetAsync(Who)).Page, "given"), Is.EqualTo("AIG"));
    }

    [TestCase(15, true), TestCase(120, true), TestCase(72 * 60, false)]
    public async Task What_is_kept_for_days_says_the_day_and_what_is_kept_for_minutes_counts_down(int minutes, bool counts)
    {
        browser.Services.HoldMinutes = minutes;
        await HoldAsync();
        var hold = (await browser.GetAsync(Who)).Page.QuerySelector(".hold")!;
        browser.Services.HoldMinutes = 15;

        Assert.That(hold.QuerySelector("[role=timer]"), counts ? Is.Not.Null : Is.Null);
        Assert.That(hold.QuerySelector("button"), counts ? Is.Not.Null : Is.Null, "minutes more are of no use to who has days");
        Assert.That(hold.TextContent, counts ? Does.Not.Match(@"\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec), \d\d:\d\d") : Does.Match(@"\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec), \d\d:\d\d"));
    }

    [Test]
    public async Task A_hold_that_is_over_keeps_the_answers_for_the_next_one()
    {
        await HoldAsync();
        await SendAsync(Who, Patient);
        browser.Services.HoldOver = true;
        var (response, page, _) = await browser.GetAsync(Contact);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(page.Body!.TextContent, Does.Contain("What you typed is still here"));

        browser.Services.HoldOver = false;
        await HoldAsync();
        Assert.That(Value((await browser.GetAsync(Who)).Page, "family"), Is.EqualTo("TEST"));
    }

    [Test]
    public async Task A_time_just_taken_offers_the_nearest_three()
    {
        browser.Services.TimeTaken = true;
        var (_, times, _) = await browser.GetAsync($"/en/offers/{Services.Instant}/times");
        var (response, page, _) = await browser.SubmitAsync(times, "", "form[method=post]", ("start", "2027-03-02T05:00:00Z"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(page.QuerySelector("h1")!.TextContent, Is.EqualTo("Someone just took this time"));
        Assert.That(page.QuerySelectorAll("form button[name=start]").Select(button => button.QuerySelector("bdi")!.TextContent), Is.EqualTo(new[] { "11:00", "12:00", "13:00" }));
    }

    [Test]
    public async Task A_start_that_is_not_offered_is_refused_with_whose_closing_it_is_and_when()
    {
        browser.Services.NotOffered =
        [
            new { code = "closed", message = "x", resource = "PET/CT 1", kind = "pet-ct", from = "2027-03-01T19:00:00Z", to = "2027-03-03T19:00:00Z", reason = "quality" },
            new { code = "holiday", message = "x", from = "2027-03-07T19:00:00Z", to = "2027-03-08T19:00:00Z", reason = "Women's Day" },
            new { code = "closed-hours", message = "x", resource = "PET/CT 2", from = "2027-03-02T04:00:00Z", to = "2027-03-02T12:00:00Z" },
            new { code = "resource-closed", message = "x", resource = "PET/CT 3", reason = "commissioning" },
            new { code = "lead-time", message = "x", limit = 120 },
            new { code = "something-new", message = "Only in English." },
        ];
        var (_, times, _) = await browser.GetAsync($"/en/offers/{Services.Instant}/times");
        var (response, page, _) = await browser.SubmitAsync(times, "", "form[method=post]", ("start", "2027-03-02T05:00:00Z"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(page.QuerySelectorAll("main .stack li").Select(item => item.TextContent.Trim()), Is.EqualTo(new[]
        {
            "PET/CT 1: closed (Quality check), Tue 2 Mar – Wed 3 Mar.", "Public holiday: Women's Day, Mon 8 Mar.", "PET/CT 2 works Tue 2 Mar, 09:00–17:00.", "PET/CT 3 is not open for booking.",
            "The center needs 2 hours to expect a patient.", "Only in English.",
        }));
        Assert.That(page.QuerySelector("main li span[lang=en]")!.TextContent, Is.EqualTo("Only in English."));
        foreach (var language in new[] { "ru", "kk", "fr", "ar" })
        {
            var (_, there, _) = await browser.GetAsync($"/{language}/offers/{Services.Instant}/times");
            var (_, refused, _) = await browser.SubmitAsync(there, "", "form[method=post]", ("start", "2027-03-02T05:00:00Z"));
            Assert.That(refused.QuerySelectorAll("main .stack li"), Has.Length.EqualTo(6), language);
            Assert.That(refused.QuerySelectorAll("main li span[lang=en]"), Has.Length.EqualTo(1), language);
        }
    }

    [Test]
    public async Task The_days_shown_are_those_with_free_times()
    {
        var (_, page, _) = await browser.GetAsync($"/en/offers/{Services.Instant}/times?day=2027-03-02&time=1800");

        Assert.That(page.QuerySelectorAll("input[name=day]").Cast<IHtmlInputElement>().Select(day => day.Value), Is.EqualTo(new[] { "2027-03-02", "2027-03-04" }));
        Assert.That(page.QuerySelectorAll("#times fieldset legend").Select(legend => legend.TextContent), Is.EqualTo(new[] { "Morning", "Evening" }));
        Assert.That(page.QuerySelector("input[name=start][checked]")!.GetAttribute("value"), Is.EqualTo("2027-03-02T13:00:00Z"));
        Assert.That(page.QuerySelector("a[href*='from=2027-03-20']"), Is.Not.Null);
    }

    [Test]
    public async Task An_answer_that_stops_the_visit_leads_to_a_doctor_not_to_an_error()
    {
        await HoldAsync();
        await SendAsync(Who, Patient);
        await SendAsync(Contact, ("email", "patient@example.org"));
        Assert.That(await SendAsync(Health, ("q-pregnant", "yes")), Is.EqualTo($"/en/book/{Services.Hold}/call"));
        Assert.That(browser.Services.Received.Select(one => one.Request), Does.Not.Contain("POST /bookings"));
    }

    [Test]
    public async Task The_agency_and_its_commission_are_shown_before_paying()
    {
        var (visit, _, _) = await browser.GetAsync("/r/SILK");
        Assert.That(visit.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        await HoldAsync();
        await SendAsync(Who, Patient);
        await SendAsync(Contact, ("email", "patient@example.org"));
        await SendAsync(Health, ("q-pregnant", "no"));
        var (_, page, _) = await browser.GetAsync(Check);

        Assert.That(page.Body!.TextContent, Does.Contain("You came through Silk Road Care").And.Contain("8 %").And.Contain("18,000\u00A0₸"));
        await SendAsync(Check, ("agree", "on"));
        Assert.That(browser.Services.Received.Single(one => one.Request == "POST /bookings").Body, Does.Contain("\"referralCode\":\"SILK\""));
    }

    [TestCase("nuclear", "You came through Waiting Travel", "6 %", "13,500\u00A0₸")]
    [TestCase("dental", "You came through Silk Road Care", "8 %", "18,000\u00A0₸")]
    public async Task The_agency_that_let_the_patient_wait_is_named_before_that_of_a_link_if_it_has_terms(string line, params string[] said)
    {
        var agency = Guid.NewGuid();
        browser.Services.HoldAgency = agency;
        browser.Services.Also[$"GET /agencies/{agency}/terms"] = _ => new { agencyName = "Waiting Travel", percentByLine = new Dictionary<string, decimal> { [line] = 6 }, demo = true };
        await browser.GetAsync("/r/SILK");
        await HoldAsync();
        await SendAsync(Who, Patient);
        await SendAsync(Contact, ("email", "patient@example.org"));
        await SendAsync(Health, ("q-pregnant", "no"));
        var (_, page, _) = await browser.GetAsync(Check);
        foreach (var words in said)
        {
            Assert.That(page.Body!.TextContent, Does.Contain(words));
        }

        // The link is passed on all the same: Referral decides.
        await SendAsync(Check, ("agree", "on"));
        Assert.That(browser.Services.Received.Single(one => one.Request == "POST /bookings").Body, Does.Contain("\"referralCode\":\"SILK\""));
    }

    [Test]
    public async Task Another_browser_does_not_open_a_hold_or_a_booking()
    {
        var hold = await browser.GetAsync(Who);
        var booking = await browser.GetAsync($"/en/booking/{Services.Booking}");

        Assert.That(hold.Response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(booking.Response.Headers.Location!.ToString(), Is.EqualTo("/en/find-booking"));
    }

    [Test]
    public async Task A_form_without_its_token_is_refused_with_a_page()
    {
        using var content = new FormUrlEncodedContent([new("start", "2027-03-02T05:00:00Z")]);
        using var response = await browser.Http.PostAsync($"/ru/offers/{Services.Instant}/hold", content);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Форму не удалось прочитать"));
    }

    [Test]
    public async Task A_booking_is_found_again_by_its_code_and_shows_what_it_is()
    {
        await browser.FindBookingAsync();
        browser.Services.State = "confirmed";
        var (response, page, _) = await browser.GetAsync($"/en/booking/{Services.Booking}");

        Assert.That(page.QuerySelector(".ref")!.TextContent, Is.EqualTo("KZ-4F7Q-92"));
        Assert.That(page.QuerySelector("h1")!.TextContent, Is.EqualTo("Booked"));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);

        var calendar = await browser.Http.GetStringAsync($"/en/booking/{Services.Booking}/calendar.ics");
        Assert.That(calendar, Does.Contain("DTSTART:20270302T050000Z\r\n").And.Contain("SEQUENCE:2\r\n").And.Contain("SUMMARY:Appointment KZ-4F7Q-92\r\n").And.Not.Contain("PET"));
        Assert.That(calendar.Split("\r\n").Select(System.Text.Encoding.UTF8.GetByteCount), Is.All.LessThanOrEqualTo(75));
    }

    [Test]
    public async Task A_payment_on_its_way_renews_the_page_by_itself()
    {
        await browser.FindBookingAsync();
        var (_, page, _) = await browser.GetAsync($"/en/booking/{Services.Booking}?paid=1");

        Assert.That(page.QuerySelector("#booking")!.GetAttribute("hx-trigger"), Is.EqualTo("every 2s"));
        Assert.That(page.QuerySelector("noscript")!.InnerHtml, Does.Contain("refresh"));

        browser.Services.State = "confirmed";
        using var poll = new HttpRequestMessage(HttpMethod.Get, $"/en/booking/{Services.Booking}?paid=1");
        poll.Headers.Add("HX-Request", "true");
        using var response = await browser.Http.SendAsync(poll);
        var fragment = await response.Content.ReadAsStringAsync();
        Assert.That(fragment, Does.StartWith("<title>Booked").And.Not.Contain("hx-trigger").And.Not.Contain("<html"));
    }

    [Test]
    public async Task Cancelling_for_an_amount_that_changed_asks_again()
    {
        await browser.FindBookingAsync();
        browser.Services.State = "confirmed";
        var address = $"/en/booking/{Services.Booking}/cancel";
        var (_, page, _) = await browser.GetAsync(address);
        Assert.That(page.QuerySelector(".answers .big")!.TextContent, Is.EqualTo("45,000\u00A0₸"));

        var (changed, again, _) = await browser.SubmitAsync(page, address, "form[method=post]", ("refund", "1"));
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        var (done, _, _) = await browser.SubmitAsync(again, address, "form[method=post]");
        Assert.That(done.Headers.Location!.ToString(), Is.EqualTo($"/en/booking/{Services.Booking}"));
    }

    private async Task HoldAsync()
    {
        var (_, times, _) = await browser.GetAsync($"/en/offers/{Services.Instant}/times");
        var (response, _, _) = await browser.SubmitAsync(times, "", "form[method=post]", ("start", "2027-03-02T05:00:00Z"));
        Assert.That(response.Headers.Location?.ToString(), Is.EqualTo(Who));
    }

    /// <summary>Opens a page, sends its form, and says where it leads.</summary>
    private async Task<string?> SendAsync(string address, params (string, string)[] answers)
    {
        var (_, page, _) = await browser.GetAsync(address);
        var (response, _, _) = await browser.SubmitAsync(page, address, "#answers", answers);
        return response.Headers.Location?.ToString();
    }

    private static string Value(IHtmlDocument page, string id) => ((IHtmlInputElement)page.GetElementById(id)!).Value;
}
