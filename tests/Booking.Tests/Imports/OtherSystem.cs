using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MedTourism.Booking.Tests.Imports;

/// <summary>A clinic's other system, which publishes a calendar on a loopback port.</summary>
public sealed class OtherSystem : IAsyncDisposable
{
    private readonly WebApplication _server;

    private OtherSystem(WebApplication server) => _server = server;

    /// <summary>What it answers; null for the calendar with its ETag.</summary>
    public RequestDelegate? Answer { get; set; }

    public string Calendar { get; set; } = File();

    public int Asked { get; private set; }

    public int Unchanged { get; private set; }

    public Uri Url => new($"{_server.Urls.First()}/private-4711/basic.ics");

    public static async Task<OtherSystem> StartAsync(Action<IWebHostBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure?.Invoke(builder.WebHost);
        var app = builder.Build();
        var system = new OtherSystem(app);
        app.Run(system.AnswerAsync);
        await app.StartAsync();
        return system;
    }

    public static string File(params string[] events) => $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{string.Concat(events)}END:VCALENDAR\r\n";

    public static string Event(string uid, DateTimeOffset start, double hours, string more = "") =>
        $"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:Ivanov, MRI\r\nATTENDEE:mailto:ivanov@example.org\r\nDTSTART:{Time(start)}\r\nDTEND:{Time(start.AddHours(hours))}\r\n{more}END:VEVENT\r\n";

    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        Asked++;
        if (Answer is not null)
        {
            return Answer(http);
        }

        var etag = $"\"{Calendar.GetHashCode(StringComparison.Ordinal)}\"";
        http.Response.Headers.ETag = etag;
        if (http.Request.Headers.IfNoneMatch == etag)
        {
            Unchanged++;
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        http.Response.ContentType = "text/calendar";
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Calendar)).AsTask();
    }
}
