using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedTourism.Booking.Tests.Feeds;

/// <summary>The address of a calendar is its secret.</summary>
public sealed class FeedSecrecyTests
{
    [Test]
    public async Task The_address_is_in_no_log_line_or_span_even_of_requests_that_are_refused()
    {
        await using var talkative = await ServiceUnderTest<Program>.StartAsync(
            "booking",
            new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Trace", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["Limits:feeds"] = "1",
                ["Booking:SecretKey"] = Running.SecretKey, ["Booking:SweepSeconds"] = "3600", ["Booking:Imports:PauseSeconds"] = "3600",
            },
            Running.App.ConnectionString, Running.App.BrokerUri);
        using var said = new Said();
        talkative.Services.GetRequiredService<ILoggerFactory>().AddProvider(said);
        var secret = $"{Guid.NewGuid():N}abcdefghijk";

        Assert.That(await AskAsync($"/feeds/{secret}.ics"), Is.EqualTo(404));
        Assert.That(await AskAsync($"/feeds/{secret}.ics"), Is.EqualTo(429), "refused before the use case is reached");
        Assert.That(await AskAsync($"/feeds/{secret}/more"), Is.EqualTo(401), "no address of the service");

        bool Spans(string path) => said.All.Any(line => line.StartsWith("span Microsoft.AspNetCore", StringComparison.Ordinal) && line.Contains($"url.path={path} ", StringComparison.Ordinal));
        await Eventually.That(() => Spans("/feeds/{token}.ics") && Spans("-"), "Spans were not listened to.");
        Assert.That(said.All.Where(line => line.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)), Has.Some.Contains("/feeds/{token}.ics"), "logs were listened to");
        var own = said.All.Where(line => !line.StartsWith("span System.Net.Http", StringComparison.Ordinal)); // the test's own requests
        Assert.That(own.Where(line => line.Contains(secret, StringComparison.Ordinal)), Is.Empty);

        async Task<int> AskAsync(string path)
        {
            using var answer = await talkative.Client.GetAsync(new Uri(path, UriKind.Relative));
            return (int)answer.StatusCode;
        }
    }
}
