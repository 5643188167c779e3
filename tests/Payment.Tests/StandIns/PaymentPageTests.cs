using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace MedTourism.Payment.Tests.StandIns;

public sealed class PaymentPageTests
{
    private StandInServer _stripe = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _stripe = await StandInServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _stripe.DisposeAsync();

    [TestCase("en", null, "en", "ltr")]
    [TestCase("ru", null, "ru", "ltr")]
    [TestCase("fr", null, "fr", "ltr")]
    [TestCase("auto", "kk-KZ,kk;q=0.9,en;q=0.5", "kk", "ltr")]
    [TestCase("auto", "ar-AE", "ar", "rtl")]
    [TestCase("auto", "xx", "en", "ltr")]
    public async Task The_page_speaks_the_language_of_the_session_or_the_browser(string locale, string? browser, string language, string direction)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await SessionAsync(locale));
        request.Headers.TryAddWithoutValidation("Accept-Language", browser);
        using var answer = await _stripe.Browser.SendAsync(request);
        var page = await ParseAsync(answer);
        Assert.Multiple(() =>
        {
            Assert.That(page.DocumentElement.GetAttribute("lang"), Is.EqualTo(language));
            Assert.That(page.DocumentElement.GetAttribute("dir"), Is.EqualTo(direction));
            Assert.That(page.QuerySelectorAll("script"), Is.Empty);
            Assert.That(page.QuerySelectorAll("form input").Select(input => page.QuerySelector($"label[for={input.Id}]")?.TextContent.Trim()), Has.Exactly(5).Items.And.All.Not.Empty);
            Assert.That(page.QuerySelectorAll("h1"), Has.Exactly(1).Items);
            Assert.That(page.QuerySelector(".amount")!.TextContent, Does.Contain("KZT"));
        });
    }

    [Test]
    public async Task It_says_that_no_money_moves()
    {
        using var answer = await _stripe.Browser.GetAsync(new Uri(await SessionAsync("en")));
        Assert.That((await ParseAsync(answer)).QuerySelector("header")!.TextContent, Does.Contain("Test payment page").And.Contain("No money moves"));
    }

    [Test]
    public async Task A_declined_card_is_told_and_the_page_stays_open()
    {
        var url = await SessionAsync("en");
        using var declined = await _stripe.PayAsync(url, TestCards.Declined);
        var page = await ParseAsync(declined);
        Assert.Multiple(() =>
        {
            Assert.That(declined.StatusCode, Is.EqualTo(HttpStatusCode.PaymentRequired));
            Assert.That(page.QuerySelector("[role=alert]")!.TextContent, Does.Contain("declined"));
            Assert.That(page.QuerySelector("#email")!.GetAttribute("value"), Is.EqualTo("patient@example.com"));
            Assert.That(page.QuerySelector("#cardNumber")!.GetAttribute("value"), Is.Empty, "a card number is never sent back");
        });
        using var paid = await _stripe.PayAsync(url);
        Assert.That(paid.Headers.Location, Is.EqualTo(new Uri("http://shop.test/done")));
    }

    [Test]
    public async Task The_bank_may_ask_and_be_refused_then_approve()
    {
        var url = await SessionAsync("en");
        using var asked = await _stripe.PayAsync(url, TestCards.Asks);
        Assert.That(asked.Headers.Location!.ToString(), Does.EndWith("/challenge"));
        using var refused = await AnswerAsync(url, "fail");
        Assert.That((await ParseAsync(refused)).QuerySelector("[role=alert]")!.TextContent, Does.Contain("bank"));
        using var askedAgain = await _stripe.PayAsync(url, TestCards.Asks);
        using var challenge = await _stripe.Browser.GetAsync(new Uri(url + "/challenge"));
        Assert.That((await ParseAsync(challenge)).QuerySelectorAll("button"), Has.Exactly(2).Items);
        using var approved = await AnswerAsync(url, "approve");
        Assert.That(approved.Headers.Location, Is.EqualTo(new Uri("http://shop.test/done")));
    }

    [TestCase("4242 4242 4242 4241", "Enter a valid card number.")]
    [TestCase("5555 5555 5555 4444", "Only test cards work here.")]
    public async Task Other_numbers_are_refused_at_the_field(string number, string message)
    {
        using var answer = await _stripe.PayAsync(await SessionAsync("en"), number);
        var page = await ParseAsync(answer);
        var field = page.QuerySelector("#cardNumber")!;
        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
            Assert.That(field.GetAttribute("aria-invalid"), Is.EqualTo("true"));
            Assert.That(page.GetElementById(field.GetAttribute("aria-describedby")!)!.TextContent, Does.StartWith(message));
        });
    }

    [Test]
    public async Task Two_payments_of_one_session_at_once_make_one_charge()
    {
        var url = await SessionAsync("en");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _stripe.PayAsync(url)));
        var session = await _stripe.GetAsync("/v1/checkout/sessions/" + PaymentRig.SessionOf(url));
        var charges = await _stripe.GetAsync("/v1/charges?payment_intent=" + session.GetProperty("payment_intent").GetString());
        Assert.Multiple(() =>
        {
            Assert.That(answers.Count(answer => answer.StatusCode == HttpStatusCode.SeeOther), Is.EqualTo(1));
            Assert.That(charges.GetProperty("data").GetArrayLength(), Is.EqualTo(1));
        });
    }

    private Task<HttpResponseMessage> AnswerAsync(string url, string answer) =>
        _stripe.Browser.PostAsync(new Uri(url + "/challenge"), new FormUrlEncodedContent(new Dictionary<string, string> { ["answer"] = answer }));

    private async Task<string> SessionAsync(string locale) => (await _stripe.PostAsync("/v1/checkout/sessions", new Dictionary<string, string>
    {
        ["mode"] = "payment",
        ["success_url"] = "http://shop.test/done",
        ["cancel_url"] = "http://shop.test/back",
        ["locale"] = locale,
        ["line_items[0][quantity]"] = "1",
        ["line_items[0][price_data][currency]"] = "kzt",
        ["line_items[0][price_data][unit_amount]"] = "1500000",
        ["line_items[0][price_data][product_data][name]"] = "Deposit KZ-4F7Q-92",
    })).GetProperty("url").GetString()!;

    private static async Task<IDocument> ParseAsync(HttpResponseMessage answer) => new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
}
