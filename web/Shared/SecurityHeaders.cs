using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace MedTourism.Web.Shared;

/// <summary>Headers of every answer: only our own scripts and styles run, nobody frames us, addresses do not leak to others.</summary>
public static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // A form that ends on the payment page, or at the identity provider to sign out, is a form navigation for the browser, redirect included.
        var targets = string.Join(' ', PaymentOrigins(app.Configuration).Concat(app.Configuration.GetSection("Csp:FormTargets").Get<string[]>() ?? []).Concat(Uri.TryCreate(app.Configuration["Identity:Authority"], UriKind.Absolute, out var identity) ? [identity.GetLeftPart(UriPartial.Authority)] : []));
        var policy = $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return next(context);
        });
    }

    /// <summary>Where the browser may be sent to pay without an extra click.</summary>
    public static string[] PaymentOrigins(IConfiguration configuration) =>
        configuration.GetSection("Payment:Origins").Get<string[]>() ?? (configuration["Payment:Origins"] ?? "https://checkout.stripe.com").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Behind a proxy the client's address and scheme are in headers; only listed proxies are believed (<c>Proxies</c>, addresses).</summary>
    public static void UseForwardedAddress(this WebApplication app)
    {
        var proxies = (app.Configuration["Proxies"] ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (proxies.Length == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        foreach (var proxy in proxies)
        {
            if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
            else
            {
                options.KnownProxies.Add(IPAddress.Parse(proxy));
            }
        }

        app.UseForwardedHeaders(options);
    }
}
