using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Centers;

/// <summary>The cities with how many centers and offers each has.</summary>
public static class ListCities
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/cities", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response[]>();

    public sealed record Response(
        string Id, LocalText Name, double Lat, double Lon, string Region, string? Iata, bool InternationalAirport, string TimeZone, int Centers, int DemoCenters, int Offers);

    private static async Task<IResult> HandleAsync(string? culture, CatalogDb db, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var cities = await db.Cities.AsNoTracking().Select(city => new
        {
            city,
            centers = db.Centers.Count(center => center.CityId == city.Id && center.Listed),
            demo = db.Centers.Count(center => center.CityId == city.Id && center.Listed && center.Demo),
            offers = db.Offers.Count(offer => offer.WithdrawnAt == null && db.Centers.Any(center => center.Id == offer.CenterId && center.CityId == city.Id && center.Listed)),
        }).ToListAsync(ct);
        return CachedJson.Of(cities.OrderByDescending(row => row.offers).ThenBy(row => row.city.Id, StringComparer.Ordinal).Select(row => new Response(
            row.city.Id, LocalText.Of(row.city.Names, reader), row.city.Lat, row.city.Lon, row.city.Region, row.city.Iata, row.city.InternationalAirport,
            row.city.TimeZone, row.centers, row.demo, row.offers)).ToArray());
    }
}
