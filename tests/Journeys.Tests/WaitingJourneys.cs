using System.Globalization;
using System.Text.RegularExpressions;
using MedTourism.TestKit;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>An agency lets a patient wait; time becomes free; the patient takes it from the letter, and the agency has brought them.</summary>
internal sealed class WaitingJourneys
{
    [TestCase("en", true, 1280)]
    [TestCase("ar", false, 390)]
    public async Task An_agencys_waiting_patient_takes_the_time_from_the_letter_and_the_agency_earns(string culture, bool script, int width)
    {
        // Beyond the days of other journeys.
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(script ? 60 : 67);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            day = day.AddDays(1);
        }

        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await using var scheduler = await StaffJourneys.SignInAsync("ru", "/console", "Orhun");
        await scheduler.GoAsync($"/console/day?date={date}");
        await scheduler.Page.Locator("#machine").SelectOptionAsync(new SelectOptionValue { Label = (await ScannerAsync(scheduler))! });
        await scheduler.Page.Locator("#from").FillAsync("00:00");
        await scheduler.Page.Locator("#to").FillAsync("00:00");
        await scheduler.Page.Locator("#block button").ClickAsync();
        var undo = scheduler.Page.Locator(".toast form button").First;
        await Assertions.Expect(undo).ToBeVisibleAsync();

        var address = Mailbox.NewAddress();
        await using var agent = await StaffJourneys.SignInAsync(culture, "/agency", "DEMO Travel Agency", script, width);
        await agent.GoAsync("/agency/waitlist/new");
        await agent.Page.Locator("#given").FillAsync("MARIE CLAIRE");
        await agent.Page.Locator("#q").FillAsync("PET");
        await agent.PressAsync("agencies.wait-find");
        await agent.Page.Locator("label.choice", new PageLocatorOptions { HasTextRegex = new Regex("Aktau|Актау|Ақтау|أكتاو") }).First.Locator("input").CheckAsync();
        await Assertions.Expect(agent.Page.Locator("#given")).ToHaveValueAsync("MARIE CLAIRE");
        await agent.Page.Locator("#from").FillAsync(date);
        await agent.Page.Locator("#to").FillAsync(date);
        await agent.Page.Locator("#family").FillAsync("DUPONT");
        await agent.Page.Locator("#email").FillAsync(address);
        await agent.Page.Locator("#culture").SelectOptionAsync(culture);
        await agent.PressAsync("agencies.wait-new");
        await Assertions.Expect(agent.Page.Locator("main")).ToContainTextAsync("DUPONT");

        await undo.ClickAsync();
        var letter = await Mailbox.WaitAsync(address, mail => mail.Html.Contains("/open/hold/", StringComparison.Ordinal), "time is held");
        await using var patient = await Visitor.ArriveAsync(culture, script, width);
        await patient.GoAsync(Regex.Match(letter.Html, "https?://[^\"]*/open/hold/[^\"]+").Value);
        await patient.AnswerAsync(address);
        await Assertions.Expect(patient.Page.Locator("main")).ToContainTextAsync("DEMO Travel Agency");
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();

        await Eventually.That(
            async () =>
            {
                await agent.GoAsync("/agency/referrals");
                var row = agent.Page.Locator("tr", new PageLocatorOptions { HasTextString = reference });
                return await row.CountAsync() == 1 && await row.InnerTextAsync() is var text
                    && text.Contains(agent.Words["agencies.state-pending"], StringComparison.Ordinal) && text.Contains(agent.Words["agencies.by-waitlist"], StringComparison.Ordinal);
            },
            "the agency does not see a pending commission from its waiting list",
            TimeSpan.FromSeconds(30));
    }

    private static async Task<string?> ScannerAsync(Visitor scheduler) =>
        (await scheduler.Page.Locator("#machine option").AllInnerTextsAsync()).FirstOrDefault(name => name.Contains("PET", StringComparison.OrdinalIgnoreCase) || name.Contains("ПЭТ", StringComparison.OrdinalIgnoreCase));
}
