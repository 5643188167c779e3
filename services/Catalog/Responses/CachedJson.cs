using System.Security.Cryptography;
using System.Text.Json;
using MedTourism.Catalog.Texts;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MedTourism.Catalog.Responses;

/// <summary>A public answer that may be kept for a minute, with an ETag that is the same on every replica.</summary>
public sealed class CachedJson<T>(T value) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var body = JsonSerializer.SerializeToUtf8Bytes(value, Json.Options);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12))}\"";
        var headers = httpContext.Response.Headers;
        headers.ETag = tag;
        headers.CacheControl = "public, max-age=60";
        if (Matches(httpContext.Request.Headers.IfNoneMatch, tag))
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = body.Length;
        await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    private static bool Matches(StringValues asked, string tag) =>
        EntityTagHeaderValue.TryParseList(asked, out var tags)
        && tags.Any(one => one.Compare(EntityTagHeaderValue.Any, useStrongComparison: false) || one.Tag == tag);
}

public static class CachedJson
{
    public static CachedJson<T> Of<T>(T value) => new(value);
}
