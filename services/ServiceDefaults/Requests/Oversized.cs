using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MedTourism.ServiceDefaults.Requests;

/// <summary>
/// Reads a body that says it is too large to its end, within bounds, before it is refused. A server that closes while octets are unread resets the
/// connection, and a client that still writes sees that instead of the answer.
/// </summary>
internal static class Oversized
{
    private const long MostDrained = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false, MaxRequestBodySize: { } most } size || !(http.Request.ContentLength > most))
        {
            await next(http);
            return;
        }

        // Who waits for our word before sending is answered instead.
        if (http.Request.ContentLength <= MostDrained && http.Request.Headers.Expect.Count == 0)
        {
            size.MaxRequestBodySize = MostDrained;
            await DrainAsync(http);
        }

        await Problems.Of(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is larger than this address accepts.", new() { ["limit"] = most }).ExecuteAsync(http);
    }

    private static async Task DrainAsync(HttpContext http)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            await http.Request.Body.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Too slow, or gone: the answer is all that can still be given. BadHttpRequestException is an IOException too.
        }
    }
}
