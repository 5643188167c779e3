using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>A course of treatment from the doctor's order to the last calendar event, and the day its machine fails.</summary>
internal sealed partial class CourseJourneys
{
    private const int Sessions = 15;

    [Test]
    public async Task A_tomotherapy_course_is_ordered_held_paid_and_confirmed_in_French_and_moved_when_its_machine_fails()
    {
        var address = Mailbox.NewAddress();
        await OrderAsync(address);

        // The patient opens the letter's link and keeps the first plan.
        await using var patient = await Visitor.ArriveAsync("fr", width: 390);
        var letter = await Mailbox.WaitAsync(address, mail => mail.Html.Contains("/open/plan/", StringComparison.Ordinal), "the plan");
        Assert.That(letter.Html, Does.Contain("lang=\"fr\""));
        await patient.GoAsync(LinkIn(letter, "plan"));
        Assert.That(patient.Page.Url, Does.Match("/fr/plan/[0-9a-f-]{36}$"), "the key is not in the address");
        await patient.SeesHeadingAsync("plan.title");
        Assert.That(await patient.Page.Locator("input[name=option]").CountAsync(), Is.InRange(1, 5));
        // Late enough that the course may still be moved without a word from the center.
        await patient.Page.Locator("#from").FillAsync(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(25).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await patient.PressAsync("plan.show");
        await patient.Page.Locator("#companion").SelectOptionAsync("IN");
        await patient.Page.Locator("#passport").FillAsync("2027-01-31");
        await patient.PressAsync("stay.check");
        Assert.That(patient.Page.Url, Does.Not.Contain("companion").And.Not.Contain("passport").And.Not.Contain("2027-01-31"), "neither citizenship nor passport is in the address");
        await Assertions.Expect(patient.Page.Locator("#entry h3")).ToHaveCountAsync(2);
        await patient.PressAsync("plan.keep");
        await patient.SeesHeadingAsync("book.who");
        await patient.PressAsync("common.continue");
        if (patient.Page.Url.Contains("/contact", StringComparison.Ordinal))
        {
            await patient.PressAsync("common.continue");
        }

        foreach (var no in await patient.Page.Locator("input[type=radio][value=no]").AllAsync())
        {
            await no.CheckAsync();
        }

        if (patient.Page.Url.Contains("/health", StringComparison.Ordinal))
        {
            await patient.PressAsync("common.continue");
        }

        await patient.SeesHeadingAsync("book.check");
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();
        var confirmed = await Mailbox.WaitAsync(address, mail => mail.Attachments.Count > 0, "confirmed, with a calendar file");
        Assert.That(EventPattern().Count(confirmed.Attachments.Single().Value), Is.EqualTo(Sessions), "one event for each session");
        await Assertions.Expect(patient.Page.Locator(".day--on")).ToHaveCountAsync(Sessions);

        // The patient moves the whole course to other dates before it begins.
        await patient.FollowAsync(patient.Link("change.change-link"));
        await patient.SeesHeadingAsync("change.course-title");
        await Assertions.Expect(patient.Page.Locator("details[open] .sides .day--on")).ToHaveCountAsync(2 * Sessions);
        await patient.PressAsync("change.course-move");
        await Assertions.Expect(patient.Page.Locator(".panel")).ToContainTextAsync(patient.Words.Like("change.moved-course"));
        confirmed = await Mailbox.WaitAsync(
            address, mail => mail.Attachments.Count > 0 && mail.Id != confirmed.Id && FirstIn(mail) != FirstIn(confirmed), "other dates, with a calendar file");

        // Both machines' first day of this course is lost: the clinic repairs it, the patient accepts from the letter.
        await FailAsync(DateTime.ParseExact(FirstIn(confirmed), "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture).Date, reference);
        var moved = await Mailbox.WaitAsync(address, mail => mail.Html.Contains("/open/repair/", StringComparison.Ordinal), "new times");
        await patient.GoAsync(LinkIn(moved, "repair"));
        await patient.SeesHeadingAsync("change.repair-title");
        await patient.PressAsync("change.accept");
        await Assertions.Expect(patient.Page.Locator("main")).ToContainTextAsync(patient.Words["change.repair-accepted"]);
    }

    /// <summary>The doctor of the radiotherapy center issues a plan of fifteen sessions.</summary>
    private static async Task OrderAsync(string address)
    {
        await using var doctor = await StaffJourneys.SignInAsync("ru", "/console", "doctor.*UMIT|UMIT.*doctor|врач.*UMIT|UMIT.*врач");
        await doctor.GoAsync("/console/plans");
        await doctor.FollowAsync(doctor.Page.Locator("a[href*='/console/plans/new/']").Filter(new LocatorFilterOptions { HasTextRegex = new Regex("томо", RegexOptions.IgnoreCase) }).First);
        await doctor.Page.Locator("#given").FillAsync("MARIE");
        await doctor.Page.Locator("#family").FillAsync("DUPONT");
        await doctor.Page.Locator("#born").FillAsync("1978-03-14");
        await doctor.Page.Locator("#email").FillAsync(address);
        await doctor.Page.Locator("#citizenship").SelectOptionAsync("FR");
        await doctor.Page.Locator("#culture").SelectOptionAsync("fr");
        await doctor.Page.Locator("#sessions").FillAsync($"{Sessions}");
        await doctor.Page.Locator("input[name=matched]").CheckAsync();
        await doctor.PressAsync("courses.issue");
        await doctor.SeesHeadingAsync("courses.plans");
        await Assertions.Expect(doctor.Page.Locator("main")).ToContainTextAsync("MARIE DUPONT");
    }

    /// <summary>The scheduler marks the machine of the course down for its first day, chooses the first proposal and applies it.</summary>
    private static async Task FailAsync(DateTime day, string reference)
    {
        await using var scheduler = await StaffJourneys.SignInAsync("ru", "/console", "scheduler.*UMIT|UMIT.*scheduler|UMIT");
        foreach (var machine in new[] { 0, 1 })
        {
            await scheduler.GoAsync("/console/outages");
            var machines = scheduler.Page.Locator("#machine option").Filter(new LocatorFilterOptions { HasTextRegex = new Regex("Tomo") });
            await scheduler.Page.Locator("#machine").SelectOptionAsync((await machines.Nth(machine).GetAttributeAsync("value"))!);
            await scheduler.Page.Locator("#from").FillAsync(day.ToString("yyyy-MM-dd'T'00:00", CultureInfo.InvariantCulture));
            await scheduler.Page.Locator("#to").FillAsync(day.AddDays(1).ToString("yyyy-MM-dd'T'00:00", CultureInfo.InvariantCulture));
            await scheduler.Page.Locator("#reason").FillAsync("Couch motor (demo)");
            await scheduler.PressAsync("courses.mark-down");
            if (scheduler.Page.Url.Contains("/repairs/", StringComparison.Ordinal) && (await scheduler.Page.Locator("main").InnerTextAsync()).Contains(reference, StringComparison.Ordinal))
            {
                break;
            }
        }

        await Assertions.Expect(scheduler.Page.Locator("main")).ToContainTextAsync(reference);
        await scheduler.Page.Locator("button[name=proposal]").First.ClickAsync();
        await scheduler.CheckAsync();
        await scheduler.PressAsync("courses.apply");
        await Assertions.Expect(scheduler.Page.Locator("main")).ToContainTextAsync(scheduler.Words["courses.progress-applied"]);
    }

    private static string FirstIn(Letter letter) => EventStartPattern().Matches(letter.Attachments.Single().Value).Select(match => match.Groups[1].Value).Min(StringComparer.Ordinal)!;

    private static string LinkIn(Letter letter, string what) => Regex.Match(letter.Html, $"https?://[^\"]*/open/{what}/[^\"]+").Value;

    [GeneratedRegex("BEGIN:VEVENT")]
    private static partial Regex EventPattern();

    [GeneratedRegex(@"DTSTART;TZID=[^:]+:(\d{8}T\d{6})")]
    private static partial Regex EventStartPattern();
}
