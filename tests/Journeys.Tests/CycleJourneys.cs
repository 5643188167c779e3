using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>Cycles that a doctor orders, decides about and marks, clicked against the real services; and the switch of an admin.</summary>
internal sealed class CycleJourneys
{
    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(5));

    /// <summary>
    /// Her period had come four days ago, as she corrects: two scans are past. The doctor sets the trigger, marks a scan and gives the cycle up; the letter
    /// about that opens the cycle itself.
    /// </summary>
    public static async Task DecideAsync(Visitor doctor, Visitor patient, string address, string reference)
    {
        await patient.Page.Locator(".started summary").ClickAsync();
        await patient.Page.Locator("#day1").FillAsync(Written(Today.AddDays(-4)));
        await patient.PressAsync("cycle.move");

        await doctor.GoAsync("/console/cycles");
        await Card(doctor, reference).Locator("summary").Last.ClickAsync();
        await Card(doctor, reference).Locator("input[name=at]").FillAsync($"{Written(Today.AddDays(6))}T22:15");
        await doctor.FollowAsync(Card(doctor, reference).Locator("button", new LocatorLocatorOptions { HasTextString = doctor.Words["cycle.c-trigger-set"] }));
        await ToldAsync(doctor, "cycle.did-trigger");
        await Assertions.Expect(Card(doctor, reference)).ToContainTextAsync("22:15");
        await MarkAsync(doctor, reference);
        await GiveUpAsync(doctor, reference);

        var letter = await Mailbox.WaitAsync(address, mail => mail.Text.Contains(Said(Today.AddDays(24)), StringComparison.Ordinal), "given up, old beside new");
        await patient.GoAsync(LinkIn(letter, "cycle"));
        Assert.That(patient.Page.Url, Does.Match("/ru/cycle/[0-9a-f-]{36}$"), "the key is not in the address");
        await Assertions.Expect(patient.Page.Locator("main")).ToContainTextAsync(patient.Words["cycle.attempt"].Replace("{n}", "2", StringComparison.Ordinal));
        await patient.SeesHeadingAsync("cycle.waits");
    }

    [Test]
    public async Task A_frozen_transfer_is_ordered_on_the_doctors_day_and_its_week_is_kept_without_script_in_Arabic()
    {
        var address = Mailbox.NewAddress();
        await using (var doctor = await StaffJourneys.SignInAsync("ar", "/console", "PERSONA.*doctor|doctor.*PERSONA|طبيب.*PERSONA", script: false, width: 390))
        {
            // On a phone the pages are a menu, which opens without script.
            await doctor.Page.Locator(".menu summary").ClickAsync();
            await doctor.FollowAsync(doctor.Page.Locator(".menu__in a[href$='/console/plans']"));
            await OrderAsync(doctor, address);
        }

        await using var patient = await Visitor.ArriveAsync("ar", script: false, width: 390);
        var letter = await Mailbox.WaitAsync(address, mail => LinkIn(mail, "plan").Length > 0, "the plan");
        await patient.GoAsync(LinkIn(letter, "plan"));
        Assert.That(patient.Page.Url, Does.Match("/ar/plan/[0-9a-f-]{36}/cycle$"), "the letter leads to the cycle, and the key is not in the address");
        await patient.Page.Locator("#day1").FillAsync(Written(Today.AddDays(3)));
        await patient.PressAsync("cycle.show");
        await Assertions.Expect(patient.Page.Locator(".cycle__row")).ToHaveCountAsync(5);
        await Assertions.Expect(patient.Page.Locator(".rooms li")).ToHaveCountAsync(1);
        await patient.PressAsync("cycle.keep-one");
        await patient.SeesHeadingAsync("book.who");
    }

    [Test]
    public async Task An_admin_switches_the_ranking_on_and_off_and_a_doctor_only_reads_it()
    {
        await using var admin = await StaffJourneys.SignInAsync("en", "/console", "admin.*Orhun|Orhun.*admin", width: 390);
        await admin.GoAsync("/console/policy");
        var wasOn = await admin.Page.Locator("input[name=scarcity]").GetAttributeAsync("value") == "off";
        foreach (var on in new[] { !wasOn, wasOn })
        {
            await admin.PressAsync(on ? "courses.policy-switch-on" : "courses.policy-switch-off");
            await ToldAsync(admin, on ? "courses.did-policy-on" : "courses.did-policy-off");
            await Assertions.Expect(admin.Page.Locator("aside .kv")).ToContainTextAsync(admin.Words["courses.policy-by-you"]);
        }

        await using var doctor = await StaffJourneys.SignInAsync("en", "/console", "doctor.*Orhun|Orhun.*doctor");
        await doctor.GoAsync("/console/policy");
        await Assertions.Expect(doctor.Page.Locator("main form")).ToHaveCountAsync(0);
        await Assertions.Expect(doctor.Page.Locator("aside .kv")).ToContainTextAsync(doctor.Words["courses.policy-by-other"]);
    }

    /// <summary>Delivered, taken back, missed: of a scan that is past.</summary>
    private static async Task MarkAsync(Visitor doctor, string reference)
    {
        await doctor.FollowAsync(Card(doctor, reference).Locator("h2 a"));
        var waiting = doctor.Page.Locator("#sessions table").First.Locator("tbody tr").First;
        await doctor.FollowAsync(waiting.Locator("button[value=delivered]"));
        await ToldAsync(doctor, "courses.did-session-delivered");
        await doctor.FollowAsync(doctor.Page.Locator(".toast button[value=unmark]"));
        await ToldAsync(doctor, "courses.did-session-unmark");
        await waiting.Locator("select[name=reason]").SelectOptionAsync("patient");
        await doctor.FollowAsync(waiting.Locator("button[value=missed]"));
        await ToldAsync(doctor, "courses.did-session-missed");
    }

    private static async Task GiveUpAsync(Visitor doctor, string reference)
    {
        await doctor.GoAsync("/console/cycles");
        await Card(doctor, reference).Locator("summary").Last.ClickAsync();
        await doctor.FollowAsync(Card(doctor, reference).Locator("a[href$='/give-up']"));
        await doctor.SeesHeadingAsync("cycle.up-title");
        await Assertions.Expect(doctor.Page.Locator(".summary")).ToContainTextAsync(doctor.Words["cycle.up-money-text"]);
        await Assertions.Expect(doctor.Page.Locator("#day1")).ToHaveValueAsync(Written(Today.AddDays(24)));
        await doctor.PressAsync("cycle.up-do");
        await ToldAsync(doctor, "cycle.did-give-up");
        await Assertions.Expect(Card(doctor, reference)).ToContainTextAsync(doctor.Words["cycle.attempt"].Replace("{n}", "2", StringComparison.Ordinal));
    }

    private static async Task OrderAsync(Visitor doctor, string address)
    {
        await doctor.FollowAsync(doctor.Page.Locator("a[href*='/console/plans/new/'][href$='/cycle']", new PageLocatorOptions { HasTextRegex = new Regex("Frozen embryo transfer|نقل جنين مجمد") }).First);
        foreach (var (field, text) in new[] { ("given", "MARIE"), ("family", "DUPONT"), ("born", "1988-03-14"), ("email", address) })
        {
            await doctor.Page.Locator($"#{field}").FillAsync(text);
        }

        await doctor.Page.Locator("#citizenship").SelectOptionAsync("FR");
        await doctor.Page.Locator("#culture").SelectOptionAsync("ar");
        await doctor.PressAsync("courses.issue"); // without the day it is asked for
        await Assertions.Expect(doctor.Page.Locator("#transfer-cycle-day")).ToHaveAttributeAsync("aria-invalid", "true");
        await doctor.Page.Locator("#transfer-cycle-day").FillAsync("19");
        await doctor.PressAsync("courses.issue");
        await doctor.SeesHeadingAsync("courses.plans");
        await Assertions.Expect(doctor.Page.Locator("tbody tr").First).ToContainTextAsync(doctor.Words["courses.ivf-frozen"]);
    }

    private static ILocator Card(Visitor doctor, string reference) => doctor.Page.Locator("li.card").Filter(new LocatorFilterOptions { HasText = reference });

    private static async Task ToldAsync(Visitor visitor, string key) => await Assertions.Expect(visitor.Page.Locator(".toast")).ToContainTextAsync(visitor.Words.Like(key));

    private static string LinkIn(Letter letter, string what) => Regex.Match(letter.Html, $"https?://[^\"]*/open/{what}/[^\"]+").Value;

    private static string Written(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The day after day 1, on which the first scan is, as the Russian letter writes it.</summary>
    private static string Said(DateOnly day1) => day1.AddDays(1).ToString("d MMMM yyyy", CultureInfo.GetCultureInfo("ru-RU"));
}
