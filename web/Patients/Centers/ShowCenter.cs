using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Search;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Centers;

/// <summary>One center: where it is, what is known about it and from where, what it offers.</summary>
public static class ShowCenter
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/centers/{slug}", Handle).CachedForAll();

    public sealed record Model(Center Center, IReadOnlyDictionary<Guid, NextStarts> Starts);

    private static async Task<IResult> Handle(string slug, CatalogClient catalog, BookingClient booking, CancellationToken ct)
    {
        var center = await catalog.CenterAsync(slug, ct);
        return center.Value is { } found
            ? Pages.Page<CenterPage>(new Model(found, await NextStartsOf.ReadAsync(booking, found.Offers, null, ct)))
            : TypedResults.StatusCode(StatusCodes.Status404NotFound);
    }
}
