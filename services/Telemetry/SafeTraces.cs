using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MedTourism.ServiceDefaults;

/// <summary>
/// Addresses in letters and of calendars hold keys, so a span names the route of a request and never its address ("-" where no route knows it).
/// Logs do without the lines of the host and of its matcher, which name each path.
/// </summary>
public static class SafeTraces
{
    public static void AddSafeTraces(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        .AddFilter("Microsoft.AspNetCore.Routing.Matching.DfaMatcher", LogLevel.None);

    /// <summary>Stands right after routing.</summary>
    public static void UseSafeTraces(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("url.path", route ?? "-");
        return next(context);
    });
}
