namespace MedTourism.Web.Session;

/// <summary>The cookies of a session. Over TLS the prefix keeps other hosts of the domain from planting them; ports of one host share cookies, so names are ours alone.</summary>
public static class SessionCookie
{
    public static string? Read(HttpContext context) => context.Request.Cookies[Name(context, "web_session")] is { Length: 43 } id ? id : null;

    /// <summary>Without an end: it goes when the browser closes. The table decides before that.</summary>
    public static void Write(HttpContext context, string id) => context.Response.Cookies.Append(Name(context, "web_session"), id, Options(context));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name(context, "web_session"), Options(context));

    public static string Name(HttpContext context, string name) => context.Request.IsHttps ? $"__Host-{name}" : name;

    public static CookieOptions Options(HttpContext context, TimeSpan? age = null) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/", IsEssential = true, MaxAge = age };
}
