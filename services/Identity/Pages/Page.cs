using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace MedTourism.Identity.Pages;

/// <summary>What every page needs: the visitor's language, the form token, the interaction it belongs to and what was wrong with the form.</summary>
public sealed class Page(IHttpContextAccessor accessor, Texts texts, IAntiforgery antiforgery, IConfiguration configuration)
{
    private const string CookieName = "accounts_lang";
    private readonly HttpContext http = accessor.HttpContext!;
    private readonly List<(string Field, string Key)> errors = [];
    private string? culture;

    public string? Uid { get; set; }

    public string? ClientName { get; set; }

    public IReadOnlyList<(string Field, string Key)> Errors => errors;

    public string Culture => culture ??= Texts.Known(http.Request.Query["lang"]) ?? Texts.Known(http.Request.Cookies[CookieName])
        ?? Texts.Known(http.Request.Headers.AcceptLanguage) ?? "en";

    public bool RightToLeft => Culture == "ar";

    /// <summary>What stands between the parts of a list: Arabic has a comma of its own.</summary>
    public string Comma => RightToLeft ? "، " : ", ";

    public string FormToken => antiforgery.GetAndStoreTokens(http).RequestToken!;

    public string WebUrl => configuration["Web:PublicUrl"] ?? "/";

    public bool Demo => configuration.GetValue<bool>("Demo");

    public string T(string key, params object[] arguments) => texts.Get(Culture, key, arguments);

    public void Wrong(string field, string key) => errors.Add((field, key));

    public string? ErrorOf(string field) => errors.Where(error => error.Field == field).Select(error => error.Key).FirstOrDefault();

    /// <summary>The language the visitor chose here wins over the one the application asks for, and stays.</summary>
    public void Prefer(string? asked)
    {
        culture = Texts.Known(http.Request.Query["lang"]) ?? Texts.Known(asked) ?? Culture;
        http.Response.Cookies.Append(CookieName, culture, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true });
    }

    /// <summary>This page in another language.</summary>
    public string InLanguage(string other)
    {
        var query = http.Request.Query.Where(pair => pair.Key != "lang").ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        if (Uid is not null)
        {
            query["uid"] = Uid;
        }

        query["lang"] = other;
        return QueryHelpers.AddQueryString(http.Request.Path.Value == "/signin/link" ? "/signin" : http.Request.Path.Value!, query);
    }

    public RazorComponentResult Show<TView>(int status = StatusCodes.Status200OK, params (string Name, object? Value)[] parameters)
        where TView : IComponent
    {
        _ = FormToken; // the cookie must be set before the body starts
        var values = parameters.ToDictionary(pair => pair.Name, pair => pair.Value);
        values["Page"] = this;
        return new RazorComponentResult<TView>(values) { StatusCode = errors.Count > 0 && status == 200 ? 422 : status, PreventStreamingRendering = true };
    }

    public IResult Message(string key, int status = StatusCodes.Status200OK) => Show<MessageView>(status, ("Key", key));
}

public static class PageEndpoints
{
    /// <summary>Open to everybody, forms only with our token, never cached or framed; a broken engine or a stale form gets a page, not JSON.</summary>
    public static RouteHandlerBuilder AsPage(this RouteHandlerBuilder endpoint) =>
        endpoint.AllowAnonymous().ExcludeFromDescription().RequireRateLimiting("pages").AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var page = http.RequestServices.GetRequiredService<Page>();
            Protect(http, http.RequestServices.GetRequiredService<IConfiguration>());
            if (HttpMethods.IsPost(http.Request.Method)
                && !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
            {
                return page.Message("stale", StatusCodes.Status400BadRequest);
            }

            try
            {
                return await next(context);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
            {
                http.RequestServices.GetRequiredService<ILogger<Page>>().LogError(exception, "The protocol engine does not answer");
                return page.Message("unavailable", StatusCodes.Status503ServiceUnavailable);
            }
        });

    private static void Protect(HttpContext http, IConfiguration configuration)
    {
        // After a form the browser is led on to the engine and to the web, and browsers apply form-action to these redirects too.
        var next = string.Join(' ', new[] { configuration.Required("Identity:Authority"), configuration["Web:PublicUrl"] }
            .Where(url => Uri.TryCreate(url, UriKind.Absolute, out _)).Select(url => new Uri(url!).GetLeftPart(UriPartial.Authority)).Distinct());
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' {next}; base-uri 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
