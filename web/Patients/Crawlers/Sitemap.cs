using System.Xml.Linq;
using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Crawlers;

/// <summary>Every public page in every language, each with all its languages; and what crawlers leave alone.</summary>
public static class Sitemap
{
    private const int PageSize = 50;
    private const int LargestSitemap = 10_000;

    private static readonly XNamespace Schema = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/robots.txt", (Site site) => Results.Text($"User-agent: *\nDisallow: /*/book/\nDisallow: /*/booking/\nDisallow: /*/find-booking\nDisallow: /*/times\nDisallow: /r/\nSitemap: {site.PublicUrl}/sitemap.xml\n"));
        app.MapGet("/sitemap.xml", async (Site site, CatalogClient catalog, HttpContext http, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Text(await WriteAsync(site, catalog, ct), "application/xml; charset=utf-8");
        });
    }

    private static async Task<string> WriteAsync(Site site, CatalogClient catalog, CancellationToken ct)
    {
        var paths = new List<string> { "/", "/find" };
        var centers = new HashSet<string>(StringComparer.Ordinal);
        for (var page = 1; ; page++)
        {
            var found = (await catalog.SearchAsync(new OfferSearch(Page: page, Size: PageSize), ct)).OrThrow();
            foreach (var offer in found.Items)
            {
                paths.Add($"/offers/{offer.Id}");
                centers.Add(offer.Center.Slug);
            }

            if (page * found.Size >= found.Total || found.Items.Length == 0 || paths.Count >= LargestSitemap)
            {
                break;
            }
        }

        paths.AddRange(centers.Order(StringComparer.Ordinal).Select(slug => $"/centers/{slug}"));
        var root = new XElement(Schema + "urlset", new XAttribute(XNamespace.Xmlns + "xhtml", Xhtml));
        foreach (var path in paths)
        {
            foreach (var language in Cultures.All)
            {
                root.Add(new XElement(Schema + "url", new XElement(Schema + "loc", Address(language.Code)), Cultures.All.Select(other => Alternate(other.Code, Address(other.Code))), Alternate("x-default", path == "/" ? $"{site.PublicUrl}/" : Address(Cultures.Default.Code))));
            }

            string Address(string language) => $"{site.PublicUrl}/{language}{path}";
        }

        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root.ToString(SaveOptions.DisableFormatting)}";
    }

    private static XElement Alternate(string language, string url) =>
        new(Xhtml + "link", new XAttribute("rel", "alternate"), new XAttribute("hreflang", language), new XAttribute("href", url));
}
