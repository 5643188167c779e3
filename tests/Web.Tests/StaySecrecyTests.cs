using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MedTourism.Web.Tests;

/// <summary>A citizenship, a companion's and a passport's last day are in no address, and so in no log or trace.</summary>
public sealed class StaySecrecyTests
{
    private const string Booked = "/en/booking/0b000000-0000-7000-8000-000000000001";
    private const string Passport = "2031-05-13";

    [Test]
    public async Task Who_asks_about_the_border_is_in_no_address_log_or_trace()
    {
        using var lines = new Lines();
        await using var browser = await Browser.OpenAsync(host =>
        {
            // The most that an operator can ask for.
            host.UseSetting("Logging:LogLevel:Default", "Information");
            host.UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "Information");
            host.ConfigureLogging(logging => logging.AddProvider(lines));
        });
        browser.Services.State = "confirmed";
        await browser.FindBookingAsync();
        var said = new ConcurrentQueue<string>();
        using var traces = Lines.Spans(said);

        var (_, page, _) = await browser.GetAsync(Booked);
        await browser.SubmitAsync(page, Booked, "#entry form", ("companion", "GB"), ("passport", Passport));
        var (_, told, _) = await browser.GetAsync(Booked);

        Assert.That(told.QuerySelector("#entry")!.TextContent, Does.Contain("Passport too short"), "it was asked about");
        var asked = browser.Services.Received.Last(one => one.Request == "POST /stay-check");
        Assert.That(asked.Body, Does.Contain("\"citizenship\":\"GB\"").And.Contain("\"companion\":\"GB\"").And.Contain(Passport));
        Assert.That(browser.Services.Queries, Has.Some.Contain("culture=en"), "addresses were listened to");
        Assert.That(browser.Services.Queries.Where(Tells), Is.Empty);
        await Lines.EndedAsync(said, string.Empty, times: 3);
        Assert.That(said.Where(text => text.StartsWith("System.Net.Http", StringComparison.Ordinal)), Has.Some.Contains("/stay-check"));
        Assert.That(said.Where(Tells), Is.Empty);
        Assert.That(lines.All, Has.Some.Contains("/stay-check"), "logs were listened to");
        Assert.That(lines.All.Where(Tells), Is.Empty);

        static bool Tells(string text) => text.Contains("GB", StringComparison.Ordinal) || text.Contains(Passport, StringComparison.Ordinal);
    }
}
