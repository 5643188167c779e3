using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedTourism.ServiceDefaults.Requests;

internal static class RequestDefaults
{
    public static void AddRequestDefaults(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var status = context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode;
            if (context.ProblemDetails.Type?.StartsWith(Problems.Prefix, StringComparison.Ordinal) != true)
            {
                context.ProblemDetails.Type = Problems.Prefix + Slug(status);
            }
        });
        services.AddExceptionHandler<Failures>();
        services.AddRateLimiter(limits => Configure(limits, configuration));
    }

    private static string Slug(int status) => status switch
    {
        400 => "malformed-request",
        401 => "sign-in-needed",
        403 => "not-allowed",
        404 => "not-found",
        405 => "method-not-allowed",
        413 => "body-too-large",
        415 => "media-type-not-supported",
        422 => "invalid-fields",
        429 => "too-many-requests",
        _ => "internal-error",
    };

    /// <summary>
    /// Per caller (subject, else system client, else address) and minute. The numbers are settings <c>Limits:&lt;name&gt;</c>; these are ceilings
    /// against abuse, far above what a person does.
    /// </summary>
    private static void Configure(RateLimiterOptions limits, IConfiguration configuration)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = async (context, ct) =>
        {
            if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            {
                context.HttpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            }

            await Problems.Of(429, "too-many-requests", "Too many requests. Wait as long as Retry-After says.").ExecuteAsync(context.HttpContext);
        };
        Add("search", 600);
        Add("write", 120);
        Add("holds", 60);
        Add("codes", 10);
        Add("feeds", 120); // calendar programs of many people come from few addresses

        void Add(string name, int perMinute)
        {
            var permits = configuration.GetValue($"Limits:{name}", perMinute);
            limits.AddPolicy(name, http => RateLimitPartition.GetFixedWindowLimiter(
                $"{name}:{Who(http)}",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) }));
        }
    }

    private static string Who(HttpContext http)
    {
        var caller = http.Caller();
        return caller.Subject ?? caller.ClientId ?? Prefix(http.Connection.RemoteIpAddress);
    }

    /// <summary>One IPv6 customer has a whole /64.</summary>
    private static string Prefix(IPAddress? address) =>
        address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address?.MapToIPv4().ToString() ?? "unknown";
}

/// <summary>Bugs and broken infrastructure become problems without details; bad JSON names what is wrong with it.</summary>
internal sealed class Failures(ILogger<Failures> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = 499;
            return true;
        }

        if (exception is BadHttpRequestException bad)
        {
            var slug = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body-too-large" : "malformed-request";
            var detail = bad.InnerException is System.Text.Json.JsonException json
                ? $"The JSON cannot be read at {json.Path ?? "$"} (line {json.LineNumber + 1})."
                : slug == "body-too-large" ? "The body is larger than this address accepts." : "The request cannot be read: a parameter or the body has the wrong form.";
            await Problems.Of(bad.StatusCode, slug, detail).ExecuteAsync(httpContext);
            return true;
        }

        log.LogError(exception, "Request {Method} {Route} failed", httpContext.Request.Method, httpContext.GetEndpoint()?.DisplayName);
        await Problems.Of(500, "internal-error", "Something broke on our side. Nothing was changed. Try again in a moment.").ExecuteAsync(httpContext);
        return true;
    }
}
