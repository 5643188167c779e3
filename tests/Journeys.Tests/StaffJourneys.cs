using System.Globalization;
using System.Text.RegularExpressions;
using MedTourism.TestKit;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

internal sealed partial class StaffJourneys
{
    [Test]
    public async Task An_agencys_link_earns_a_pending_commission_and_the_patient_sees_how_much()
    {
        await using var agent = await SignInAsync("ru", "/agency", "DEMO Travel Agency");
        await agent.GoAsync("/agency");
        await agent.Page.Locator("input[name=label]").FillAsync("Journey " + Guid.NewGuid().ToString("N")[..6]);
        await agent.PressAsync("agencies.create");
        var address = LinkPattern().Match(await agent.Page.ContentAsync()).Value;
        Assert.That(address, Is.Not.Empty, "the new link is not shown");

        await using var patient = await Visitor.ArriveAsync("en");
        await patient.Page.GotoAsync(new Uri(new Uri(Market.Address("web")), address).AbsoluteUri);
        await patient.FindTimesInAktauAsync("PET");
        await patient.HoldAsync();
        await patient.AnswerAsync(Mailbox.NewAddress());
        await Assertions.Expect(patient.Page.GetByText(new Regex("DEMO Travel Agency")).First).ToBeVisibleAsync();
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();

        await Eventually.That(
            async () =>
            {
                await agent.Page.GotoAsync($"{Market.Address("web")}/ru/agency/referrals");
                var row = agent.Page.Locator("tr", new PageLocatorOptions { HasTextString = reference });
                return await row.CountAsync() == 1 && (await row.InnerTextAsync()).Contains(agent.Words["agencies.state-pending"], StringComparison.Ordinal);
            },
            "the agency does not see a pending commission",
            TimeSpan.FromSeconds(30));
        await agent.CheckAsync();
    }

    [TestCase(true, 1280)]
    [TestCase(false, 390)]
    public async Task The_clinic_sees_a_new_booking_and_opens_it(bool script, int width)
    {
        await using var patient = await Visitor.ArriveAsync("en");
        await patient.FindTimesInAktauAsync("PET");
        var start = DateTimeOffset.Parse(await patient.HoldAsync(), CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromHours(5));
        await patient.AnswerAsync(Mailbox.NewAddress());
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();

        await using var scheduler = await SignInAsync("ru", "/console", "Orhun", script, width);
        await scheduler.GoAsync(string.Create(CultureInfo.InvariantCulture, $"/console?date={start:yyyy-MM-dd}"));
        await scheduler.Page.Locator("input[name=q]").First.FillAsync(reference);
        await scheduler.PressAsync("clinics.find");
        await scheduler.FollowAsync(scheduler.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = new Regex($"{reference}|DUPONT") }).First);
        await Assertions.Expect(scheduler.Page.Locator("main")).ToContainTextAsync(reference);
        await Assertions.Expect(scheduler.Page.Locator("main")).ToContainTextAsync("DUPONT");
    }

    [Test]
    public async Task The_clinic_blocks_a_time_and_opens_it_again()
    {
        await using var scheduler = await SignInAsync("en", "/console", "Orhun");
        await scheduler.GoAsync("/console/day");
        await Assertions.Expect(scheduler.Page.GetByRole(AriaRole.Grid)).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_operator_sees_every_service_in_health_and_finds_no_waiting_messages()
    {
        await using var @operator = await SignInAsync("en", "/operator", "operator");
        await @operator.GoAsync("/operator");
        await Assertions.Expect(@operator.Page.Locator("table").First.Locator("tbody tr")).ToHaveCountAsync(7);
        await Assertions.Expect(@operator.Page.Locator("main")).ToContainTextAsync("7 of 7");
        await @operator.GoAsync("/operator/messages");
    }

    [Test]
    public async Task Somebody_of_an_agency_does_not_get_into_the_clinics_console()
    {
        await using var agent = await SignInAsync("en", "/agency", "DEMO Travel Agency");
        var answer = await agent.Page.GotoAsync($"{Market.Address("web")}/en/console");
        Assert.That(answer!.Status, Is.EqualTo(403));
        await agent.CheckAsync();
    }

    [TestCase(true, 1280)]
    [TestCase(false, 390)]
    public async Task The_operator_lets_a_clinic_in_and_its_administrator_comes_by_letter_and_sees_the_console_and_the_people(bool script, int width)
    {
        var (name, email) = ($"Clinic {Guid.NewGuid().ToString("N")[..6]}", $"administratorofacenter{Guid.NewGuid():N}@example.com"); // too long for the header of a phone
        await using var @operator = await SignInAsync("en", "/operator", "operator", script, width);
        await @operator.GoAsync("/operator/organisations/new");
        await @operator.Page.Locator("#kind").CheckAsync(); // the first kind: a clinic
        await @operator.Page.Locator("#name").FillAsync(name);
        await @operator.Page.Locator("#email").FillAsync(email);
        await @operator.Page.Locator("#culture").SelectOptionAsync("ru");
        foreach (var center in await @operator.Page.Locator("#center option").EvaluateAllAsync<string[]>("options => options.map(one => one.value).filter(value => value)"))
        {
            // Until one has no organisation yet: what was typed stays meanwhile.
            await @operator.Page.Locator("#center").SelectOptionAsync(center);
            await @operator.PressAsync("organisations.create");
            if (await @operator.Page.Locator("#center").CountAsync() == 0)
            {
                break;
            }
        }

        await Assertions.Expect(@operator.Page.Locator(".toast")).ToContainTextAsync(name);
        await Assertions.Expect(@operator.Page.Locator("tr", new PageLocatorOptions { HasTextString = name })).ToContainTextAsync(email);
        await @operator.FollowAsync(@operator.Page.Locator("tr", new PageLocatorOptions { HasTextString = name }).Locator("a[href$='/invite']"));

        var letter = await Mailbox.WaitAsync(email, letter => LetterLink().IsMatch(letter.Text), "invitation");
        await using var admin = await Visitor.ArriveAsync("ru", script, width, timeZone: "Asia/Almaty");
        await admin.Page.GotoAsync(LetterLink().Match(letter.Text).Value);
        await admin.CheckAsync();
        await Assertions.Expect(admin.Page.Locator("main")).ToContainTextAsync(name);
        await admin.Page.Locator("input[name=name]").FillAsync("Aigerim");
        await admin.Page.Locator("input[name=password]").FillAsync("correct horse battery staple");
        await admin.Page.Locator("main button[type=submit]").ClickAsync();
        await admin.CheckAsync();
        await admin.Page.Locator("input[name=code]").FillAsync(Authenticator.Code(await admin.Page.Locator("code").InnerTextAsync()));
        await admin.Page.Locator("main button[type=submit]").ClickAsync();
        await admin.Page.WaitForURLAsync($"{Market.Address("web")}/ru/console");
        await admin.CheckAsync();

        await admin.GoAsync("/console/people");
        await Assertions.Expect(admin.Page.Locator("table").First).ToContainTextAsync("Aigerim");
        await Assertions.Expect(admin.Page.Locator("table").First).ToContainTextAsync(email);
        await Assertions.Expect(admin.Page.Locator("table").First).ToContainTextAsync(admin.Words["people.role-admin"]);
        await admin.PressAsync("people.send"); // with nothing typed
        await Assertions.Expect(admin.Page.Locator(".error-summary a")).ToHaveCountAsync(2);
        await admin.FollowAsync(admin.Page.Locator("table").First.GetByRole(AriaRole.Link));
        var person = new Uri(admin.Page.Url).AbsolutePath["/ru".Length..];
        await admin.GoAsync($"{person}/remove");
        await admin.PressAsync("people.remove-do");
        await Assertions.Expect(admin.Page.Locator(".error-summary")).ToContainTextAsync(admin.Words["people.error-last"]);
        await admin.GoAsync($"{person}/reset");
        await @operator.GoAsync("/operator/organisations");
        await Assertions.Expect(@operator.Page.Locator("tr", new PageLocatorOptions { HasTextString = name })).ToContainTextAsync(@operator.Words["organisations.has-admin"]);
    }

    /// <summary>Signs in through the real pages with the demo button of the first account whose button names <paramref name="who"/>.</summary>
    internal static async Task<Visitor> SignInAsync(string culture, string path, string who, bool script = true, int width = 1280)
    {
        var visitor = await Visitor.ArriveAsync(culture, script, width, timeZone: "Asia/Almaty");
        await visitor.Page.GotoAsync($"{Market.Address("web")}/{culture}{path}");
        await visitor.Page.WaitForURLAsync(new Regex("/signin"));
        await visitor.CheckAsync();
        await visitor.Page.Locator("button[name=account]").Filter(new LocatorFilterOptions { HasTextRegex = new Regex(who, RegexOptions.IgnoreCase) }).First.ClickAsync();
        await visitor.Page.WaitForURLAsync(url => url.StartsWith($"{Market.Address("web")}/{culture}", StringComparison.Ordinal));
        await visitor.CheckAsync();
        return visitor;
    }

    [GeneratedRegex(@"http\S+/link\?token=\S+")]
    private static partial Regex LetterLink();

    [GeneratedRegex(@"/r/[A-Za-z0-9]{6,12}(?![A-Za-z0-9/])")]
    private static partial Regex LinkPattern();
}
