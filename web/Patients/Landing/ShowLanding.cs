using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Landing;

/// <summary>The first page: search, what people come for, where, and how it goes.</summary>
public static class ShowLanding
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/", Handle).CachedForAll();

    /// <summary>The address without a language shows the default one and suggests the browser's; nobody is redirected, search engines least of all.</summary>
    public static void MapRoot(IEndpointRouteBuilder app) => app.MapGet("/", async (HttpContext http, CatalogClient catalog, CancellationToken ct) =>
    {
        http.Response.Headers.Vary = "Accept-Language";
        var asked = Cultures.Preferred(http.Request);
        return Pages.Page<LandingPage>(await ReadAsync(catalog, ct) with { AtRoot = true, Suggested = asked == Cultures.Default ? null : asked });
    });

    public sealed record Model(Line[] Lines, City[] Cities, bool AtRoot = false, Language? Suggested = null)
    {
        /// <summary>Real ones only: a center made up for demonstration is no reason to trust us.</summary>
        public int Centers => Cities.Sum(city => city.Centers - city.DemoCenters);
    }

    private static async Task<IResult> Handle(CatalogClient catalog, CancellationToken ct) => Pages.Page<LandingPage>(await ReadAsync(catalog, ct));

    private static async Task<Model> ReadAsync(CatalogClient catalog, CancellationToken ct)
    {
        var lines = catalog.LinesAsync(ct);
        var cities = catalog.CitiesAsync(ct);
        return new(
            [.. (await lines).OrThrow().Where(line => line.Offers > 0).OrderByDescending(line => line.Offers)],
            [.. (await cities).OrThrow().Where(city => city.Centers > 0).OrderByDescending(city => city.Centers).ThenBy(city => city.Name.Text, StringComparer.Create(Cultures.Current.Culture, true))]);
    }
}
