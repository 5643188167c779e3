using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Entry;

/// <summary>All countries by their name in the reader's language, and whether an entry rule is on file.</summary>
public static class ListCountries
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/countries", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response[]>();
        app.MapGet("/languages", LanguagesAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Language[]>();
    }

    public sealed record Response(string Code, LocalText Name, string[] Groups, bool VisaRuleKnown);

    private static async Task<IResult> HandleAsync(string? culture, CatalogDb db, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var countries = await db.Countries.AsNoTracking()
            .Select(country => new { country, known = db.VisaRegimes.Any(regime => regime.Country == country.Code) }).ToListAsync(ct);
        var order = StringComparer.Create(System.Globalization.CultureInfo.GetCultureInfo(reader), System.Globalization.CompareOptions.None);
        return CachedJson.Of(countries
            .Select(row => new Response(row.country.Code, LocalText.Of(row.country.Names, reader), row.country.Groups, row.known))
            .OrderBy(country => country.Name.Text, order).ToArray());
    }

    private static async Task<IResult> LanguagesAsync(CatalogDb db, CancellationToken ct) =>
        CachedJson.Of(await db.Languages.AsNoTracking().OrderBy(language => language.Priority).ThenBy(language => language.Code).ToArrayAsync(ct));
}
