using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MedTourism.Web.Tests;

/// <summary>Letters carry keys in their links, sign-in carries codes: a trace or a log names the route, never the address.</summary>
public sealed class AddressSecrecyTests
{
    private const string Key = "Zk3-secret_of_one_patient_0123456789abcdefg";
    private const string Id = "0b000000-0000-7000-8000-000000000001";

    [TestCase($"/en/open/plan/{Id}/{Key}", "url.path=/{culture:culture}/open/{what}/{id:guid}/{key}")]
    [TestCase($"/ar/open/cycle/{Id}/{Key}", "url.path=/{culture:culture}/open/{what}/{id:guid}/{key}")]
    [TestCase($"/en/open/hold/{Id}/{Key}", "url.path=/{culture:culture}/open/{what}/{id:guid}/{key}")]
    [TestCase($"/en/open/nothing/{Id}/{Key}", "url.path=/{culture:culture}/open/{what}/{id:guid}/{key}")]
    [TestCase($"/en/opened/plan/{Id}/{Key}", "url.path=- ")]
    [TestCase($"/{Key}", "url.path=- ")]
    [TestCase($"/en/find-booking?code={Key}", "url.path=/{culture:culture}/find-booking")]
    public async Task A_key_in_an_address_is_in_no_trace_and_no_log(string address, string route)
    {
        using var lines = new Lines();
        await using var browser = await Browser.OpenAsync(host =>
        {
            // The most that an operator can ask for; nobody listens at that address.
            host.UseSetting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
            host.UseSetting("Logging:LogLevel:Default", "Information");
            host.UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "Information");
            host.ConfigureLogging(logging => logging.AddProvider(lines));
        });
        var said = new ConcurrentQueue<string>();
        using var traces = Lines.Spans(said);

        var (answer, _, _) = await browser.GetAsync(address);

        Assert.That(answer.StatusCode, Is.AnyOf(HttpStatusCode.SeeOther, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Gone));
        await Lines.EndedAsync(said, route);
        Assert.That(said.Where(text => text.Contains(Key, StringComparison.Ordinal)), Is.Empty);
        Assert.That(lines.All, Is.Not.Empty, "logs were listened to");
        Assert.That(lines.All.Where(line => line.Contains(Key, StringComparison.Ordinal)), Is.Empty);
    }
}
