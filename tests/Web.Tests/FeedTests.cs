using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedTourism.Web.Tests;

/// <summary>Calendar programs get Booking's answer from the site's own address, and nobody else learns that address.</summary>
public sealed class FeedTests
{
    private const string Token = "Zk3-secret_of_one_patient_0123456789abcdefg";
    private const string Path = $"/feeds/{Token}.ics";

    private readonly Lines lines = new();
    private readonly List<(string Method, string Path, string? IfNoneMatch, string? From)> received = [];
    private Func<HttpContext, Task> booking = null!;
    private WebApplication stub = null!;
    private WebApplicationFactory<Program> site = null!;
    private HttpClient http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        stub = builder.Build();
        stub.Urls.Add("http://127.0.0.1:0");
        stub.Run(async context =>
        {
            context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("url.path", "of Booking, which has a test of its own");
            var headers = context.Request.Headers;
            received.Add((context.Request.Method, context.Request.Path, headers.IfNoneMatch, headers["X-Forwarded-For"]));
            await booking(context);
        });
        await stub.StartAsync();
        var address = stub.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        site = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment("Production");
            host.UseSetting("urls", "http://127.0.0.1:0");
            foreach (var name in new[] { "Catalog", "Booking", "Payment", "Referral" })
            {
                host.UseSetting($"Services:{name}", $"{address}/");
            }

            // The most that an operator can ask for; nobody listens at that address.
            host.UseSetting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
            host.UseSetting("Logging:LogLevel:Default", "Information");
            host.UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "Information");
            host.UseSetting("Proxies", "127.0.0.1");
            host.ConfigureLogging(logging => logging.AddProvider(lines));
        });
        site.UseKestrel(0);
        site.StartServer();
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null }) { BaseAddress = site.ClientOptions.BaseAddress };
    }

    [SetUp]
    public void Forget()
    {
        received.Clear();
        booking = GiveAsync;
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        http.Dispose();
        await site.DisposeAsync();
        await stub.DisposeAsync();
        lines.Dispose();
    }

    [Test]
    public async Task A_calendar_program_gets_the_calendar_with_all_that_caches_need()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "If-None-Match", "\"old\"" } } };
        using var answer = await http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"));
        Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/calendar; charset=utf-8"));
        Assert.That((answer.Headers.ETag!.Tag, answer.Headers.CacheControl!.ToString(), answer.Content.Headers.LastModified), Is.EqualTo(("\"new\"", "max-age=300, private", DateTimeOffset.UnixEpoch)));
        Assert.That(answer.Headers.GetValues("X-Robots-Tag"), Is.EqualTo(new[] { "noindex" }));
        Assert.That(received.Single(), Is.EqualTo(("GET", Path, "\"old\"", "203.0.113.9")));
    }

    [Test]
    public async Task What_has_not_changed_is_not_sent_again_and_a_head_has_no_body()
    {
        booking = context =>
        {
            context.Response.Headers.ETag = "\"new\"";
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        };
        using var unchanged = await http.GetAsync(new Uri(Path, UriKind.Relative));
        Assert.That((unchanged.StatusCode, unchanged.Headers.ETag!.Tag, (await unchanged.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.NotModified, "\"new\"", 0)));

        booking = GiveAsync;
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path));
        Assert.That((head.StatusCode, head.Headers.ETag!.Tag, (await head.Content.ReadAsByteArrayAsync()).Length, received[^1].Method), Is.EqualTo((HttpStatusCode.OK, "\"new\"", 0, "HEAD")));
    }

    [TestCase(404), TestCase(410), TestCase(429)]
    public async Task A_refusal_is_passed_on_as_it_is_and_not_as_a_page(int status)
    {
        booking = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "60";
            await context.Response.WriteAsJsonAsync(new { type = "urn:medtourism:problem:feed-unknown" }, options: null, contentType: "application/problem+json");
        };
        using var answer = await http.GetAsync(new Uri(Path, UriKind.Relative));
        Assert.That(((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Headers.GetValues("Retry-After").Single()), Is.EqualTo((status, "application/problem+json", "60")));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("feed-unknown"));
    }

    [TestCase("/feeds/short.ics"), TestCase("/feeds/..%2Fbookings%2F1.ics"), TestCase("/feeds/a/b.ics")]
    public async Task What_is_no_address_of_ours_is_not_asked_for(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.That((answer.StatusCode, received.Count), Is.EqualTo((HttpStatusCode.NotFound, 0)));
    }

    [Test]
    public async Task The_secret_is_in_no_log_trace_or_metric()
    {
        var said = new ConcurrentQueue<string>();
        using var traces = Lines.Spans(said);
        using var metrics = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) => said.Enqueue($"{instrument.Name} {Text(tags)}"));
        metrics.SetMeasurementEventCallback<long>((instrument, _, tags, _) => said.Enqueue($"{instrument.Name} {Text(tags)}"));
        metrics.Start();

        (await http.GetAsync(new Uri(Path, UriKind.Relative))).Dispose();
        booking = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        using (var failed = await http.GetAsync(new Uri(Path, UriKind.Relative)))
        {
            Assert.That(failed.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        booking = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using (var failed = await http.GetAsync(new Uri(Path, UriKind.Relative)))
        {
            Assert.That(failed.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        await Lines.EndedAsync(said, "url.path=/feeds/{token", times: 3);
        Assert.That(said.Where(text => text.Contains(Token, StringComparison.Ordinal)), Is.Empty);
        Assert.That(said, Has.Some.StartWith("http.server.request.duration"));
        Assert.That(lines.All, Has.Some.Contain("Booking answered 500"), "logs were listened to");
        Assert.That(lines.All.Where(line => line.Contains(Token, StringComparison.Ordinal)), Is.Empty);

        static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
    }

    private static async Task GiveAsync(HttpContext context)
    {
        context.Response.ContentType = "text/calendar; charset=utf-8";
        context.Response.Headers.ETag = "\"new\"";
        context.Response.Headers.CacheControl = "private, max-age=300";
        context.Response.Headers.LastModified = DateTimeOffset.UnixEpoch.ToString("R");
        context.Response.Headers.SetCookie = "not=ours";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
        }
    }
}
