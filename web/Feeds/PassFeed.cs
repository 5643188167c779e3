using System.Net;
using MedTourism.Web.Clients;
using Microsoft.AspNetCore.Diagnostics;

namespace MedTourism.Web.Feeds;

/// <summary>
/// Gives calendar programs their calendar from the site's own address: Booking's answer as it is. The path is the secret that opens it, so it is kept
/// out of traces and of logs (<see cref="ServiceDefaults.SafeTraces"/>).
/// </summary>
public static class PassFeed
{
    public static void AddFeeds(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient<FeedClient>(http =>
        {
            http.BaseAddress = new Uri(builder.Configuration["Services:Booking"] ?? throw new InvalidOperationException("Services__Booking is not set."));
            http.Timeout = TimeSpan.FromSeconds(15);
        }).RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null, // with it each call is a span that names its address
            UseCookies = false,
            AllowAutoRedirect = false,
        });
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/feeds/{token:regex(^[A-Za-z0-9_-]{{43}}$)}.ics", [HttpMethods.Get, HttpMethods.Head], Handle);

    private static async Task Handle(string token, HttpContext http, FeedClient client, CancellationToken ct)
    {
        http.Features.Get<IStatusCodePagesFeature>()!.Enabled = false; // programs want the status, not a page about it
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        using var answer = await client.OpenAsync(token, http, ct);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => FeedClient.Told.Contains(header.Key)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        if (answer.StatusCode != HttpStatusCode.NotModified && !HttpMethods.IsHead(http.Request.Method))
        {
            await answer.Content.CopyToAsync(http.Response.Body, ct);
        }
    }
}

/// <summary>Booking, asked for a calendar on behalf of a calendar program.</summary>
public sealed class FeedClient(HttpClient http)
{
    public static readonly HashSet<string> Told = new(["Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control", "Retry-After"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Asked = ["If-None-Match", "If-Modified-Since"];

    /// <exception cref="ServiceUnavailableException">Booking does not answer, or failed.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string token, HttpContext from, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(from.Request.Method), $"feeds/{token}.ics");
        foreach (var name in Asked)
        {
            if (from.Request.Headers.TryGetValue(name, out var value))
            {
                request.Headers.TryAddWithoutValidation(name, value.ToArray());
            }
        }

        if (from.Connection.RemoteIpAddress is { } address)
        {
            request.Headers.Add("X-Forwarded-For", address.ToString());
        }

        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new ServiceUnavailableException("Booking did not answer for a calendar.", failure);
        }

        if ((int)answer.StatusCode < 500)
        {
            return answer;
        }

        using (answer)
        {
            throw new ServiceUnavailableException($"Booking answered {(int)answer.StatusCode} for a calendar.");
        }
    }
}

/// <summary>A secret address of a calendar as people are shown it, once.</summary>
public sealed record FeedAddress(string Https)
{
    public static FeedAddress Of(Shared.Site site, string path) => new(site.PublicUrl + path);

    /// <summary>Calendar programs open this one and subscribe.</summary>
    public string Webcal => "webcal" + Https[Https.IndexOf("://", StringComparison.Ordinal)..];
}
