using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Procedures;

/// <summary>The service lines in the order patients ask for them, with the number of offers on sale.</summary>
public static class ListLines
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/lines", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response[]>();

    public sealed record Response(string Id, LocalText Name, int Offers);

    private static async Task<IResult> HandleAsync(string? culture, CatalogDb db, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var lines = await db.ServiceLines.AsNoTracking().OrderBy(line => line.Position).Select(line => new
        {
            line,
            offers = db.Offers.Count(offer => offer.WithdrawnAt == null && db.Procedures.Any(procedure => procedure.Id == offer.ProcedureId && procedure.LineId == line.Id)),
        }).ToListAsync(ct);
        return CachedJson.Of(lines.Select(row => new Response(row.line.Id, LocalText.Of(row.line.Names, reader), row.offers)).ToArray());
    }
}
