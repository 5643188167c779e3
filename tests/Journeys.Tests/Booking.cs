using System.Globalization;
using System.Text.RegularExpressions;

namespace MedTourism.Journeys.Tests;

/// <summary>The steps of booking PET/CT in Aktau that several journeys share.</summary>
internal static partial class Booking
{
    public const string GoodCard = "4242 4242 4242 4242";
    public const string DeclinedCard = "4000 0000 0000 0002";

    /// <summary>A day far enough from those of other journeys that they do not take each other's times.</summary>
    public static DateOnly SomeDay() => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(Random.Shared.Next(5, 45));

    /// <summary>Searches with the site's form and opens the times of the offer in Aktau from <paramref name="day"/> on.</summary>
    public static async Task FindTimesInAktauAsync(this Visitor visitor, string words, DateOnly? day = null)
    {
        await visitor.GoAsync("/");
        await visitor.Page.Locator("#q").FillAsync(words);
        await visitor.Page.Locator("#city").SelectOptionAsync("aktau");
        await visitor.PressAsync("find.submit");
        await visitor.FollowAsync(visitor.Page.Locator("article.offer a.more").First);
        await visitor.SeesHeadingAsync("times.title");
        await visitor.GoAsync(string.Create(CultureInfo.InvariantCulture, $"{new Uri(visitor.Page.Url).AbsolutePath[3..]}?from={day ?? SomeDay():yyyy-MM-dd}"));
    }

    /// <summary>Takes the last free start of the day shown.</summary>
    public static async Task<string> HoldAsync(this Visitor visitor)
    {
        var start = visitor.Page.Locator("#times input[name=start]").Last;
        var value = (await start.GetAttributeAsync("value"))!;
        await start.CheckAsync();
        await visitor.PressAsync("times.hold");
        return value;
    }

    /// <summary>Who, contact, health: ends on the page that repeats it all.</summary>
    public static async Task AnswerAsync(this Visitor visitor, string email)
    {
        await visitor.SeesHeadingAsync("book.who");
        await visitor.Page.Locator("input[name=who][value=self]").CheckAsync();
        await visitor.Page.Locator("#given").FillAsync("MARIE CLAIRE");
        await visitor.Page.Locator("#family").FillAsync("DUPONT");
        await visitor.Page.Locator("#dob-d").FillAsync("14");
        await visitor.Page.Locator("#dob-m").FillAsync("3");
        await visitor.Page.Locator("#dob-y").FillAsync("1978");
        await visitor.Page.Locator("#citizenship").SelectOptionAsync("FR");
        await visitor.PressAsync("common.continue");
        await visitor.Page.Locator("#email").FillAsync(email);
        await visitor.PressAsync("common.continue");
        if (visitor.Page.Url.Contains("/health", StringComparison.Ordinal))
        {
            foreach (var no in await visitor.Page.Locator("input[type=radio][value=no]").AllAsync())
            {
                await no.CheckAsync();
            }

            await visitor.PressAsync("common.continue");
        }

        await visitor.SeesHeadingAsync("book.check");
    }

    /// <summary>Agrees and goes to the payment page.</summary>
    public static async Task GoToPaymentAsync(this Visitor visitor)
    {
        await visitor.Page.Locator("#agree").CheckAsync();
        await visitor.Button("book.pay").ClickAsync();
        await visitor.Page.WaitForURLAsync(new Regex("/c/pay/"));
        await visitor.CheckAsync();
    }

    public static async Task PayAsync(this Visitor visitor, string card)
    {
        await visitor.Page.Locator("#email").FillAsync("payer@example.com");
        await visitor.Page.Locator("#cardNumber").FillAsync(card);
        await visitor.Page.Locator("#cardExpiry").FillAsync("12 / 34");
        await visitor.Page.Locator("#cardCvc").FillAsync("123");
        await visitor.Page.Locator("#billingName").FillAsync("MARIE DUPONT");
        await visitor.Page.Locator("button[type=submit]").First.ClickAsync();
    }

    /// <summary>Waits for the permanent page to say that the booking stands; without script the person reloads.</summary>
    public static async Task<string> SeeConfirmedAsync(this Visitor visitor)
    {
        await visitor.WaitForStateAsync("booking.confirmed");
        return await visitor.ReferenceAsync();
    }

    public static async Task WaitForStateAsync(this Visitor visitor, string key)
    {
        await visitor.Page.WaitForURLAsync(new Regex("/booking/"));
        var address = visitor.Page.Url;
        await TestKit.Eventually.That(
            async () =>
            {
                if (await visitor.Page.Locator("h1").First.InnerTextAsync() is var heading && visitor.Words.Like(key).IsMatch(heading))
                {
                    return true;
                }

                await visitor.Page.GotoAsync(address);
                return false;
            },
            $"the booking did not become '{key}'",
            TimeSpan.FromSeconds(40));
        await visitor.CheckAsync();
    }

    public static async Task<string> ReferenceAsync(this Visitor visitor)
    {
        var reference = ReferencePattern().Match(await visitor.Page.Locator("main").InnerTextAsync()).Value;
        Assert.That(reference, Is.Not.Empty, "the page shows no reference");
        return reference;
    }

    [GeneratedRegex("KZ-[0-9A-Z]{4}-[0-9A-Z]{2}")]
    private static partial Regex ReferencePattern();
}
