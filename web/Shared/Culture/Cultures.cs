using System.Globalization;

namespace MedTourism.Web.Shared.Culture;

/// <summary>A language of the site; the code is also the first part of each address.</summary>
public sealed record Language(string Code, string OwnName, bool RightToLeft = false)
{
    public string Direction => RightToLeft ? "rtl" : "ltr";

    /// <summary>Appointments are Gregorian in every language, whatever calendar the system's data prefers.</summary>
    public CultureInfo Culture { get; } = Gregorian(Code);

    private static CultureInfo Gregorian(string code)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(code).Clone();
        culture.DateTimeFormat.Calendar = new GregorianCalendar();
        culture.DateTimeFormat.FirstDayOfWeek = DayOfWeek.Monday;
        return CultureInfo.ReadOnly(culture);
    }
}

/// <summary>The languages of the site and the choice among them.</summary>
public static class Cultures
{
    public static readonly Language Default = new("en", "English");

    public static readonly IReadOnlyList<Language> All =
        [Default, new("kk", "Қазақша"), new("ru", "Русский"), new("ar", "العربية", RightToLeft: true), new("fr", "Français")];

    public static Language Current => Find(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) ?? Default;

    public static Language? Find(string? code) => All.FirstOrDefault(language => language.Code == code);

    /// <summary>What the browser asks for, in its order of preference.</summary>
    public static Language? Preferred(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(asked => asked.Quality ?? 1)
        .Select(asked => Find(asked.Value.Value?.Split('-')[0].ToLowerInvariant()))
        .FirstOrDefault(language => language is not null);
}

/// <summary>Lets <c>/{culture:culture}/…</c> match the site's languages only.</summary>
public sealed class CultureConstraint : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        Cultures.Find(values[routeKey] as string) is not null;
}

public static class CultureFromAddress
{
    /// <summary>Sets the request's language from the address; elsewhere (status pages of unknown addresses) from the first segment or the browser.</summary>
    public static void UseCultureFromAddress(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var language = Cultures.Find(context.Request.RouteValues["culture"] as string)
            ?? Cultures.Find(context.Request.Path.Value?.Split('/').ElementAtOrDefault(1))
            ?? (context.Request.Path == "/" ? Cultures.Default : Cultures.Preferred(context.Request))
            ?? Cultures.Default;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = language.Culture;
        await next(context);
    });
}
