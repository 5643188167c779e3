using MedTourism.Catalog.Equipment;
using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Texts;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Centers;

/// <summary>One center: what is known of it and from where, its machines and its offers.</summary>
public static class ShowCenter
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/centers/{slug}", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response>();

    public sealed record Response(
        string Id, string Slug, LocalText Name, string Kind, Place City, Named[] Lines, FactView[] Facts, string Accreditation, string Verified, string? Basis,
        string[] Languages, string LanguagesBasis, bool Demo, MachineView[] Equipment, OfferCard[] Offers, SourceView[] Sources);

    public sealed record Place(string Id, LocalText Name, double Lat, double Lon, string? Iata, string TimeZone);

    private static async Task<IResult> HandleAsync(string slug, string? culture, CatalogDb db, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var center = await db.Centers.AsNoTracking().SingleOrDefaultAsync(one => one.Slug == slug && one.Listed, ct);
        if (center is null)
        {
            return Problems.NotFound("center-unknown", "No center has this address.");
        }

        var city = await db.Cities.AsNoTracking().SingleAsync(one => one.Id == center.CityId, ct);
        var lines = await db.ServiceLines.AsNoTracking().Where(line => center.Lines.Contains(line.Id)).OrderBy(line => line.Position).ToListAsync(ct);
        var machines = await db.Equipment.AsNoTracking().Where(machine => machine.CenterId == center.Id).OrderBy(machine => machine.Id).ToListAsync(ct);
        var offers = await db.Rows().Where(row => row.Center.Id == center.Id).ToListAsync(ct);
        var sources = await SourceView.FindAsync(
            db, [.. center.Sources, .. center.Facts.SelectMany(fact => fact.Sources), .. machines.SelectMany(machine => machine.Sources)], ct);
        return CachedJson.Of(new Response(
            center.Id,
            center.Slug,
            LocalText.Of(center.Names, reader),
            center.Kind,
            new Place(city.Id, LocalText.Of(city.Names, reader), city.Lat, city.Lon, city.Iata, city.TimeZone),
            [.. lines.Select(line => new Named(line.Id, LocalText.Of(line.Names, reader)))],
            FactView.Of(center.Facts),
            center.Accreditation,
            center.Verified,
            center.Basis,
            center.Languages,
            center.LanguagesBasis,
            center.Demo,
            [.. machines.Select(MachineView.Of)],
            [.. offers.OrderBy(row => row.Line.Position).ThenBy(row => row.Procedure.Position).Select(row => row.ToCard(reader))],
            sources));
    }
}
