using MedTourism.Catalog.Responses;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Entry;

/// <summary>The days of a year on which centers do not work; computed ones are marked.</summary>
public static class ListHolidays
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/holidays", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response[]>();

    public sealed record Response(string Country, DateOnly Date, string Name, bool Official, string? Basis, string[] Sources);

    private static async Task<IResult> HandleAsync(string? year, CatalogDb db, TimeProvider clock, CancellationToken ct)
    {
        var parameters = new Parameters();
        var asked = parameters.Number("year", year, clock.GetUtcNow().Year, 2000, 2100);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var (first, last) = (new DateOnly(asked, 1, 1), new DateOnly(asked, 12, 31));
        return CachedJson.Of(await db.Holidays.AsNoTracking().Where(day => day.Date >= first && day.Date <= last).OrderBy(day => day.Date)
            .Select(day => new Response(day.Country, day.Date, day.Name, day.Official, day.Basis, day.Sources)).ToArrayAsync(ct));
    }
}
