using System.Globalization;
using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MedTourism.Web.Tests;

/// <summary>Landing, search, center and treatment: the same for everybody, in five languages.</summary>
public sealed class PublicPagesTests
{
    private Browser browser = null!;

    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];
    private static readonly string[] Paths = ["/", "/find", "/find?line=nuclear&city=astana", "/centers/umc", $"/offers/{Services.Instant}", $"/offers/{Services.Review}"];

    [OneTimeSetUp]
    public async Task Start() => browser = await Browser.OpenAsync();

    [OneTimeTearDown]
    public async Task Stop() => await browser.DisposeAsync();

    [Test]
    public async Task A_page_is_whole_in_every_language([ValueSource(nameof(Languages))] string language, [ValueSource(nameof(Paths))] string path)
    {
        var (response, page, html) = await browser.GetAsync($"/{language}{path}");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.DocumentElement.GetAttribute("lang"), Is.EqualTo(language));
        Assert.That(page.DocumentElement.GetAttribute("dir"), Is.EqualTo(language == "ar" ? "rtl" : "ltr"));
        Assert.That(page.QuerySelectorAll("h1"), Has.Length.EqualTo(1));
        Assert.That(page.QuerySelectorAll("link[rel=alternate]").Select(link => link.GetAttribute("hreflang")), Is.EquivalentTo(Languages.Append("x-default")));
        Assert.That(page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"), Is.EqualTo($"https://site.example/{language}{path.Split('?')[0]}"));
        Assert.That(page.QuerySelectorAll("[id]").Select(element => element.Id), Is.Unique);
        Assert.That(page.QuerySelectorAll("a[href^='#']").Where(link => page.GetElementById(link.GetAttribute("href")![1..]) is null), Is.Empty);
        Assert.That(Unlabelled(page), Is.Empty);
        Assert.That(AssetsTests.Brotli(Encoding.UTF8.GetBytes(html)), Is.LessThanOrEqualTo(20_000));
    }

    [Test]
    public async Task A_public_page_may_be_cached_and_sets_no_cookie([ValueSource(nameof(Paths))] string path)
    {
        var (response, page, _) = await browser.GetAsync($"/en{path}");

        Assert.That(response.Headers.CacheControl!.Public, Is.True);
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
        Assert.That(page.QuerySelectorAll("form[method=post]"), Is.Empty);
    }

    [Test]
    public async Task Nothing_on_a_page_needs_inline_code([ValueSource(nameof(Paths))] string path)
    {
        var (response, page, _) = await browser.GetAsync($"/en{path}");

        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.That(policy, Does.Contain("script-src 'self'").And.Contain("style-src 'self'").And.Not.Contain("unsafe"));
        Assert.That(page.QuerySelectorAll("[style], style, script:not([src]):not([type='application/ld+json'])"), Is.Empty);
        Assert.That(page.All.Where(element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public async Task A_treatment_answers_three_questions()
    {
        var (_, page, _) = await browser.GetAsync($"/en/offers/{Services.Instant}");

        var answers = page.QuerySelectorAll(".answers .big").Select(answer => answer.TextContent.Trim()).ToArray();
        Assert.That(answers, Is.EqualTo(new[] { "Tue 2 Mar", "225,000\u00A0₸", "1 to 2 days" }));
        Assert.That(page.Body!.TextContent, Does.Contain("illustrative").And.Contain("needs a clinician’s sign-off"));
    }

    [Test]
    public async Task A_treatment_that_needs_a_review_shows_no_times()
    {
        var (_, page, _) = await browser.GetAsync($"/en/offers/{Services.Review}");

        Assert.That(page.QuerySelectorAll("a[href*='/times']"), Is.Empty);
        Assert.That(page.Body!.TextContent, Does.Contain("A doctor looks at your documents first"));
        Assert.That((await browser.GetAsync($"/en/offers/{Services.Review}/times")).Response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_card_leads_to_its_times()
    {
        var (_, page, _) = await browser.GetAsync("/en/find");

        Assert.That(page.QuerySelector(".starts a")!.GetAttribute("href"), Is.EqualTo($"/en/offers/{Services.Instant}/times?day=2027-03-02&time=1000"));
        Assert.That(page.QuerySelectorAll(".pager a").Select(link => link.GetAttribute("href")), Does.Contain("/en/find?page=2"));
    }

    [Test]
    public async Task Who_names_the_day_from_which_they_can_come_gets_the_earliest_first()
    {
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(40).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (_, page, _) = await browser.GetAsync($"/en/find?q=pet&from={day}");

        Assert.That(browser.Services.Queries, Has.Some.Contains($"sort=earliest&from={day}").And.Some.Contains($"count=3&from={day}"));
        Assert.That(page.QuerySelector(".sorts [aria-current=true]")!.TextContent, Is.EqualTo("earliest date"));
        Assert.That(((IHtmlInputElement)page.QuerySelector("#from")!).Value, Is.EqualTo(day));
        Assert.That(page.QuerySelector(".starts .more")!.GetAttribute("href"), Is.EqualTo($"/en/offers/{Services.Instant}/times?from={day}"));
        Assert.That(page.QuerySelectorAll(".sorts a").Select(link => link.GetAttribute("href")), Is.All.Contains($"from={day}").And.Some.EndsWith($"from={day}&sort=relevance"));
        Assert.That(page.QuerySelector(".facets input[name=from]")!.GetAttribute("value"), Is.EqualTo(day), "kept while filtering");
    }

    [TestCase("soon"), TestCase("2999-01-01")]
    public async Task A_day_that_is_none_of_the_coming_year_stays_in_its_field_with_what_to_do(string typed)
    {
        var (answer, page, _) = await browser.GetAsync($"/en/find?q=pet&from={typed}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.QuerySelector("#from")!.GetAttribute("value"), Is.EqualTo(typed));
        Assert.That(page.QuerySelector("#from")!.GetAttribute("aria-invalid"), Is.EqualTo("true"));
        Assert.That(page.QuerySelector("#from-e")!.TextContent, Does.Contain("within a year"));
        Assert.That(page.QuerySelectorAll(".offer"), Is.Not.Empty, "the search goes on without it");
    }

    [Test]
    public async Task Text_in_another_language_says_so()
    {
        var (_, page, html) = await browser.GetAsync($"/ar/offers/{Services.Instant}");

        Assert.That(page.QuerySelector("h1 bdi[lang=en]")!.TextContent, Is.EqualTo("Whole-body PET/CT"));
        Assert.That(html, Does.Contain("Department &lt;b&gt;since&lt;/b&gt; 2010"));
    }

    [Test]
    public async Task The_root_suggests_and_does_not_redirect()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept-Language", "kk-KZ,ru;q=0.8");
        using var response = await browser.Http.SendAsync(request);
        var html = await response.Content.ReadAsStringAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(html, Does.Contain("<html lang=\"en\"").And.Contain("hreflang=\"kk\""));
        Assert.That(html, Does.Contain("class=\"suggest\" lang=\"kk\""));
    }

    [Test]
    public async Task A_missing_page_is_a_page_in_the_language_of_its_address()
    {
        var (response, page, _) = await browser.GetAsync("/ru/nowhere");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(page.QuerySelector("h1")!.TextContent, Is.EqualTo("Страница не найдена"));
    }

    [Test]
    public async Task Crawlers_find_every_page_in_every_language()
    {
        var map = await browser.Http.GetStringAsync("/sitemap.xml");
        var robots = await browser.Http.GetStringAsync("/robots.txt");

        Assert.That(map, Does.Contain($"<loc>https://site.example/ar/offers/{Services.Instant}</loc>").And.Contain("<loc>https://site.example/kk/centers/umc</loc>").And.Contain("hreflang=\"x-default\""));
        Assert.That(robots, Does.Contain("Disallow: /*/book/").And.Contain("Sitemap: https://site.example/sitemap.xml"));
    }

    private static IEnumerable<string> Unlabelled(IHtmlDocument page) => page.QuerySelectorAll("input:not([type=hidden]), select, textarea")
        .Where(control => control.Closest("label") is null && page.QuerySelector($"label[for='{control.Id}']") is null)
        .Select(control => control.OuterHtml);
}
