using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MedTourism.TestKit;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>Calendars of other systems: what a clinic's takes is not sold, and a patient's reads the booking for as long as its address works.</summary>
internal sealed class CalendarJourneys
{
    [Test]
    public async Task A_busy_hour_of_a_file_is_not_sold_and_a_calendar_program_reads_the_booking_until_its_address_is_taken_back()
    {
        await using var patient = await Visitor.ArriveAsync("en", width: 390);
        await patient.FindTimesInAktauAsync("PET");
        var times = patient.Page.Url;
        var busy = (await patient.Page.Locator("#times input[name=start]").First.GetAttributeAsync("value"))!;

        await using var scheduler = await StaffJourneys.SignInAsync("ru", "/console", "Orhun");
        var import = await ImportAsync(scheduler, DateTimeOffset.Parse(busy, CultureInfo.InvariantCulture));
        await patient.GoAsync(times);
        Assert.That(await StartsAsync(patient), Does.Not.Contain(busy).And.Not.Empty);

        await patient.HoldAsync();
        await patient.AnswerAsync(Mailbox.NewAddress());
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();
        await patient.FollowAsync(patient.Link("booking.calendar"));
        await patient.PressAsync("feeds.make");
        await patient.SeesHeadingAsync("feeds.ready");
        var address = await patient.Page.Locator("#feed-address").InputValueAsync();
        Assert.That(address, Does.StartWith(Market.Address("web")));
        Assert.That(await patient.Link("feeds.open").GetAttributeAsync("href"), Is.EqualTo("webcal" + address[address.IndexOf("://", StringComparison.Ordinal)..]));

        using var program = new HttpClient();
        using var read = await program.GetAsync(new Uri(address));
        Assert.That((read.StatusCode, read.Content.Headers.ContentType!.MediaType), Is.EqualTo((HttpStatusCode.OK, "text/calendar")));
        Assert.That(await read.Content.ReadAsStringAsync(), Does.StartWith("BEGIN:VCALENDAR").And.Contain($"UID:{reference}@medtourism").And.Contain("STATUS:CONFIRMED").And.Not.Contain("PET"), "its title is neutral");
        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { read.Headers.ETag! } } };
        using var unchanged = await program.SendAsync(again);
        Assert.That(unchanged.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));

        await patient.PressAsync("feeds.end");
        await patient.SeesHeadingAsync("feeds.ended");
        using var ended = await program.GetAsync(new Uri(address));
        Assert.That(ended.StatusCode, Is.EqualTo(HttpStatusCode.NotFound).Or.EqualTo(HttpStatusCode.Gone));

        // Removed, its hour is sold again.
        await scheduler.GoAsync(import);
        await scheduler.PressAsync("imports.remove");
        await Eventually.That(
            async () =>
            {
                await patient.GoAsync(times);
                return (await StartsAsync(patient)).Contains(busy);
            },
            "the hour is not free again",
            TimeSpan.FromSeconds(15));
    }

    /// <summary>The scheduler uploads a file with one busy hour for the PET machine, as exported by the clinic's other system.</summary>
    private static async Task<string> ImportAsync(Visitor scheduler, DateTimeOffset start)
    {
        await scheduler.GoAsync("/console/calendars");
        await scheduler.FollowAsync(scheduler.Link("imports.add"));
        var machine = scheduler.Page.Locator("#file-machine option").Filter(new LocatorFilterOptions { HasTextRegex = new Regex("PET") }).First;
        await scheduler.Page.Locator("#file-machine").SelectOptionAsync((await machine.GetAttributeAsync("value"))!);
        await scheduler.PressAsync("imports.add-file");
        await Assertions.Expect(scheduler.Page.Locator("#error-summary")).ToContainTextAsync(scheduler.Words["imports.error-file-none"]);

        var file = $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{Guid.NewGuid()}\r\nDTSTART:{start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}\r\nDURATION:PT1H\r\nSUMMARY:Own patient\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        await scheduler.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = $"ward-{Guid.NewGuid():N}.ics", MimeType = "text/calendar", Buffer = Encoding.UTF8.GetBytes(file) });
        await scheduler.PressAsync("imports.add-file");
        await Assertions.Expect(scheduler.Page.Locator(".toast")).ToBeVisibleAsync();
        return new Uri(scheduler.Page.Url).AbsolutePath[3..];
    }

    private static Task<string[]> StartsAsync(Visitor patient) =>
        patient.Page.Locator("#times input[name=start]").EvaluateAllAsync<string[]>("starts => starts.map(one => one.value)");
}
