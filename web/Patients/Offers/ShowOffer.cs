using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Search;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Offers;

/// <summary>One treatment at one center: how soon, how much, how many days; then everything else.</summary>
public static class ShowOffer
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/offers/{id:guid}", Handle).CachedForAll();

    public sealed record Model(Offer Offer, NextStarts? Starts)
    {
        public bool Instant => Offer.Mode == "instant";
    }

    private static async Task<IResult> Handle(Guid id, CatalogClient catalog, BookingClient booking, CancellationToken ct)
    {
        var offer = await catalog.OfferAsync(id, ct);
        return offer.Value is { } found
            ? Pages.Page<OfferPage>(new Model(found, (await NextStartsOf.ReadAsync(booking, [found], null, ct)).GetValueOrDefault(id)))
            : TypedResults.StatusCode(StatusCodes.Status404NotFound);
    }
}
