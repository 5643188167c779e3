using System.Net;

namespace MedTourism.Web.Tests;

/// <summary>A patient's calendar address: made, shown once, taken back, without any script.</summary>
public sealed class CalendarPagesTests
{
    private static readonly string Page = $"/en/booking/{Services.Booking}/calendar";

    private Browser browser = null!;

    [SetUp]
    public async Task Start()
    {
        browser = await Browser.OpenAsync();
        browser.Services.State = "confirmed";
    }

    [TearDown]
    public async Task Stop() => await browser.DisposeAsync();

    [Test]
    public async Task An_address_is_shown_once_with_its_links_and_can_be_taken_back()
    {
        await browser.FindBookingAsync();
        var (_, booking, _) = await browser.GetAsync($"/en/booking/{Services.Booking}");
        Assert.That(booking.QuerySelector($"a[href='{Page}']"), Is.Not.Null);

        var (_, form, _) = await browser.GetAsync(Page);
        var (made, _, _) = await browser.SubmitAsync(form, Page, "form[method=post]", ("titles", "full"));
        Assert.That((made.StatusCode, made.Headers.Location!.ToString()), Is.EqualTo((HttpStatusCode.SeeOther, Page)), "the secret is in no address");
        var (_, body, headers) = browser.Services.Received.Single(one => one.Request == $"POST /bookings/{Services.Booking}/feed");
        Assert.That(body, Does.Contain("\"neutralTitle\":false").And.Contain("\"culture\":\"en\""));
        Assert.That(headers["X-Access-Key"], Is.EqualTo("the-key"));

        var (shown, once, html) = await browser.GetAsync(Page);
        var path = browser.Services.FeedPath;
        Assert.That(once.QuerySelector("#feed-address")!.GetAttribute("value"), Is.EqualTo($"https://site.example{path}"));
        Assert.That(once.QuerySelectorAll("#address a").Select(link => link.GetAttribute("href")), Is.EqualTo(new[] { $"webcal://site.example{path}", $"https://site.example{path}" }));
        Assert.That(once.QuerySelector("#address button")!.HasAttribute("hidden"), Is.True, "copying is for those with scripts");
        Assert.That(shown.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(html, Does.Contain($"/en/booking/{Services.Booking}/calendar.ics"));

        var (_, later, again) = await browser.GetAsync(Page);
        Assert.That(again, Does.Not.Contain(path).And.Contain("last read"));
        var (ended, _, _) = await browser.SubmitAsync(later, Page, "form[action$='/end']");
        Assert.That(ended.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        var (_, after, _) = await browser.GetAsync(ended.Headers.Location!.ToString());
        Assert.That(after.QuerySelector("[role=status] h2")!.TextContent, Is.EqualTo("The address was taken back"));
        Assert.That(after.QuerySelector(".addresses"), Is.Null);
    }

    [Test]
    public async Task A_form_sent_twice_makes_one_address()
    {
        await browser.FindBookingAsync();
        var (_, form, _) = await browser.GetAsync(Page);
        await browser.SubmitAsync(form, Page, "form[method=post]", ("titles", "neutral"));
        await browser.SubmitAsync(form, Page, "form[method=post]", ("titles", "neutral"));
        Assert.That(browser.Services.Received.Where(one => one.Request.StartsWith("POST", StringComparison.Ordinal) && one.Request.EndsWith("/feed", StringComparison.Ordinal)).Select(one => one.Headers["Idempotency-Key"]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Somebody_without_the_booking_is_asked_for_it()
    {
        var (response, _, _) = await browser.GetAsync(Page);
        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo("/en/find-booking"));
        Assert.That(browser.Services.Received.Select(one => one.Request), Has.None.Contain("feed"));
    }

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public async Task The_page_has_its_words_in_every_language(string language)
    {
        await browser.FindBookingAsync();
        browser.Services.FeedOpen = true;
        var (response, page, _) = await browser.GetAsync($"/{language}/booking/{Services.Booking}/calendar?ended=1");
        Assert.That((response.StatusCode, page.QuerySelectorAll("h1").Length, page.QuerySelectorAll(".addresses li").Length), Is.EqualTo((HttpStatusCode.OK, 1, 1)));
    }
}
