using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>Treatments with a calendar of their own: a cycle that follows the patient's period, and implants in two trips.</summary>
internal sealed class CareJourneys
{
    [TestCase("ru", true, 1280)]
    [TestCase("ar", false, 390)]
    public async Task A_patients_period_comes_early_and_one_tap_moves_her_cycle(string culture, bool script, int width)
    {
        var address = Mailbox.NewAddress();
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(5));
        await using var patient = await Visitor.ArriveAsync(culture, script, width);
        await patient.GoAsync("/find?mode=cycle&city=almaty");
        await patient.FollowAsync(patient.Page.Locator("article.offer").Filter(new LocatorFilterOptions { HasText = "PERSONA" }).Locator("a[href*='/offers/']").First);
        await patient.FollowAsync(patient.Link("cycle.start"));
        await patient.Page.Locator("#day1").FillAsync(Written(today.AddDays(6)));
        await patient.PressAsync("cycle.show");
        await Assertions.Expect(patient.Page.Locator(".cycle__row")).ToHaveCountAsync(9);
        await patient.PressAsync("cycle.keep");
        await patient.AnswerAsync(address);
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();
        await Assertions.Expect(patient.Button("cycle.started-today")).ToBeVisibleAsync();

        // Six days early, on another device: the letter's link and one tap.
        var letter = await Mailbox.WaitAsync(address, mail => mail.Html.Contains("/open/cycle/", StringComparison.Ordinal), "one tap on the first day");
        Assert.That(letter.Html, Does.Contain($"lang=\"{culture}\"").And.Contain(reference));
        await using var phone = await Visitor.ArriveAsync(culture, script, width: 390);
        await phone.GoAsync(Regex.Match(letter.Html, "https?://[^\"]*/open/cycle/[^\"]+").Value);
        Assert.That(phone.Page.Url, Does.Match($"/{culture}/cycle/[0-9a-f-]{{36}}$"), "the key is not in the address");
        await phone.PressAsync("cycle.started-today");
        await phone.SeesHeadingAsync("cycle.moved");
        var moves = phone.Page.Locator("section[role=status] tbody tr");
        Assert.That(await moves.CountAsync(), Is.GreaterThanOrEqualTo(5), "day 1, scans, retrieval and transfer");
        await Assertions.Expect(moves.Last).ToContainTextAsync(phone.Words["cycle.state-proposed"]);
        var told = await Mailbox.WaitAsync(address, mail => mail.Text.Contains('→', StringComparison.Ordinal), "old and new times");
        Assert.That(told.Html, Does.Contain(reference));

        // The laboratory accepts exactly what it has seen.
        await using var coordinator = await StaffJourneys.SignInAsync("ru", "/console", script ? "Врач.*PERSONA" : "Регистратор.*PERSONA");
        await coordinator.GoAsync("/console/cycles");
        var card = coordinator.Page.Locator("li.card").Filter(new LocatorFilterOptions { HasText = reference });
        await card.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameRegex = coordinator.Words.Like("cycle.c-accept") }).ClickAsync();
        await coordinator.CheckAsync();
        await Assertions.Expect(coordinator.Page.Locator(".toast")).ToContainTextAsync(coordinator.Words["cycle.did-accept"]);
        await coordinator.GoAsync("/console/cycles/capacity");

        await phone.GoAsync(new Uri(phone.Page.Url).AbsolutePath[3..]);
        await phone.SeesHeadingAsync("cycle.agreed");
        await Assertions.Expect(phone.Page.Locator("main")).Not.ToContainTextAsync(phone.Words["cycle.state-proposed"]);
        if (script)
        {
            await CycleJourneys.DecideAsync(coordinator, phone, address, reference);
        }
    }

    [TestCase("fr", true, 390)]
    [TestCase("kk", false, 1280)]
    public async Task An_implant_is_booked_as_two_trips_at_one_price(string culture, bool script, int width)
    {
        var address = Mailbox.NewAddress();
        await OrderAsync(address, culture);

        await using var patient = await Visitor.ArriveAsync(culture, script, width);
        var letter = await Mailbox.WaitAsync(address, mail => mail.Html.Contains("/open/plan/", StringComparison.Ordinal), "the plan");
        await patient.GoAsync(Regex.Match(letter.Html, "https?://[^\"]*/open/plan/[^\"]+").Value);
        Assert.That(patient.Page.Url, Does.Match($"/{culture}/plan/[0-9a-f-]{{36}}$"), "the key is not in the address");
        await patient.SeesHeadingAsync("trips.title");
        Assert.That(await patient.Page.Locator("input[name=option]").CountAsync(), Is.InRange(1, 5));
        await Assertions.Expect(patient.Page.Locator(".pair").First.Locator(".days-row")).ToHaveCountAsync(2);
        await patient.PressAsync("trips.keep");
        await patient.SeesHeadingAsync("book.who");
        await patient.PressAsync("common.continue");
        await patient.PressAsync("common.continue");
        if (patient.Page.Url.Contains("/health", StringComparison.Ordinal))
        {
            foreach (var no in await patient.Page.Locator("input[type=radio][value=no]").AllAsync())
            {
                await no.CheckAsync();
            }

            await patient.PressAsync("common.continue");
        }

        await patient.SeesHeadingAsync("book.check");
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        await patient.SeeConfirmedAsync();
        await Assertions.Expect(patient.Page.Locator(".trip")).ToHaveCountAsync(2);
        await Assertions.Expect(patient.Page.Locator(".trip .day--on")).ToHaveCountAsync(3);
        await Assertions.Expect(patient.Page.Locator("main")).ToContainTextAsync(patient.Words.Like("trips.price-holds"));
        var confirmed = await Mailbox.WaitAsync(address, mail => mail.Attachments.Count > 0, "confirmed, with a calendar file");
        Assert.That(Regex.Count(confirmed.Attachments.Single().Value, "BEGIN:VEVENT"), Is.EqualTo(3), "one event for each visit of both trips");
    }

    /// <summary>The dental center orders an implant in the lower jaw with the catalogue's numbers.</summary>
    private static async Task OrderAsync(string address, string culture)
    {
        await using var dentist = await StaffJourneys.SignInAsync("ru", "/console", "DEMO Dental");
        await dentist.GoAsync("/console/plans");
        await dentist.FollowAsync(dentist.Page.Locator("a[href*='/trips']").First);
        await dentist.FollowAsync(dentist.Page.Locator("a[href='?jaw=upper']"));
        await Assertions.Expect(dentist.Page.Locator("#gap-min")).ToHaveValueAsync("120");
        await dentist.FollowAsync(dentist.Page.Locator("a[href='?jaw=lower']"));
        await Assertions.Expect(dentist.Page.Locator("#gap-min")).ToHaveValueAsync("60");
        await dentist.Page.Locator("#given").FillAsync("MARIE");
        await dentist.Page.Locator("#family").FillAsync("DUPONT");
        await dentist.Page.Locator("#born").FillAsync("1978-03-14");
        await dentist.Page.Locator("#email").FillAsync(address);
        await dentist.Page.Locator("#citizenship").SelectOptionAsync("FR");
        await dentist.Page.Locator("#culture").SelectOptionAsync(culture);
        await dentist.PressAsync("courses.issue");
        await dentist.SeesHeadingAsync("courses.plans");
        await Assertions.Expect(dentist.Page.Locator("main")).ToContainTextAsync("MARIE DUPONT");
    }

    private static string Written(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
