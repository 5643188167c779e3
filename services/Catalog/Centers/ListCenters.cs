using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Centers;

/// <summary>All centers, those with most offers first.</summary>
public static class ListCenters
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/centers", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response[]>();

    public sealed record Response(string Id, string Slug, LocalText Name, string Kind, Named City, Named[] Lines, string Verified, bool Demo, int Offers);

    private static async Task<IResult> HandleAsync(string? culture, CatalogDb db, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var lines = await db.ServiceLines.AsNoTracking().ToDictionaryAsync(line => line.Id, ct);
        var rows = await (
            from center in db.Centers.AsNoTracking()
            join city in db.Cities on center.CityId equals city.Id
            where center.Listed
            select new { center, city, offers = db.Offers.Count(offer => offer.CenterId == center.Id && offer.WithdrawnAt == null) }).ToListAsync(ct);
        return CachedJson.Of(rows.OrderByDescending(row => row.offers).ThenBy(row => row.center.Id, StringComparer.Ordinal).Select(row => new Response(
            row.center.Id,
            row.center.Slug,
            LocalText.Of(row.center.Names, reader),
            row.center.Kind,
            new Named(row.city.Id, LocalText.Of(row.city.Names, reader)),
            [.. row.center.Lines.Select(line => new Named(line, LocalText.Of(lines[line].Names, reader)))],
            row.center.Verified,
            row.center.Demo,
            row.offers)).ToArray());
    }
}
