using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MedTourism.ServiceDefaults.Requests;

/// <summary>
/// Reads a body that is too large to its end, within bounds, before it is refused. A server that closes while octets are unread resets the connection,
/// and a client that still writes sees that instead of the answer. What a body does not say of its length is counted while it is read.
/// </summary>
internal static class Oversized
{
    private const long MostDrained = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false, MaxRequestBodySize: { } most and < MostDrained } size)
        {
            await next(http);
        }
        else if (http.Request.ContentLength > most)
        {
            // Who waits for our word before sending is answered instead.
            if (http.Request.ContentLength <= MostDrained && http.Request.Headers.Expect.Count == 0)
            {
                size.MaxRequestBodySize = MostDrained;
                await DrainAsync(http.Request.Body, http.RequestAborted);
            }

            await RefuseAsync(http, most);
        }
        else if (http.Request.ContentLength is null && http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            size.MaxRequestBodySize = MostDrained;
            var counted = new CountedBody(http.Request.Body, most);
            http.Request.Body = counted;
            try
            {
                await next(http);
            }
            catch (BadHttpRequestException) when (counted.IsTooLarge)
            {
            }

            if (counted.IsTooLarge && !http.Response.HasStarted)
            {
                await RefuseAsync(http, most);
            }
        }
        else
        {
            await next(http);
        }
    }

    /// <summary>Too slow, or gone: the answer is all that can still be given.</summary>
    public static async Task DrainAsync(Stream body, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await body.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // BadHttpRequestException, of a body beyond all bounds, is an IOException too.
        }
    }

    private static Task RefuseAsync(HttpContext http, long most) =>
        Problems.Of(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is larger than this address accepts.", new() { ["limit"] = most }).ExecuteAsync(http);
}
