using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Search;

/// <summary>Offers by words, city, kind of treatment and way of booking; each card with its next free times.</summary>
public static class FindOffers
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/find", Handle).CachedForAll();

    public sealed record Model(OfferSearch Asked, OfferList Found, IReadOnlyDictionary<Guid, NextStarts> Starts)
    {
        public int Pages => Math.Max(1, (Found.Total + Found.Size - 1) / Found.Size);
    }

    private static async Task<IResult> Handle(
        string? q, string? line, string? city, string? mode, string? sort, string? page, HttpRequest request, CatalogClient catalog, BookingClient booking, CancellationToken ct)
    {
        var number = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, 1000) : 1;
        var search = new OfferSearch(q?.Trim() is { Length: > 100 } tooLong ? tooLong[..100] : q?.Trim(), line, city, mode, null, sort is "price" or "name" ? sort : null, number, 10);
        var found = await catalog.SearchAsync(search, ct);
        if (!found.Ok)
        {
            // A city or kind that is not (any more) in the catalogue: an old link still deserves results.
            search = search with { Line = null, City = null, Mode = null };
            found = await catalog.SearchAsync(search, ct);
        }

        var list = found.OrThrow();
        var model = new Model(search, list, await NextStartsOf.ReadAsync(booking, list.Items, ct));
        return request.IsFragment() ? Shared.Pages.Page<FindResults>(model) : Shared.Pages.Page<FindPage>(model);
    }
}

/// <summary>The next free times of the cards on a page. Without them the cards still work.</summary>
public static class NextStartsOf
{
    public static async Task<IReadOnlyDictionary<Guid, NextStarts>> ReadAsync(BookingClient booking, IEnumerable<OfferCard> cards, CancellationToken ct)
    {
        var instant = cards.Where(card => card.Mode == "instant").Select(card => card.Id).Distinct().Take(20).ToArray();
        if (instant.Length == 0)
        {
            return new Dictionary<Guid, NextStarts>();
        }

        try
        {
            return ((await booking.NextStartsAsync(instant, 3, ct)).Value ?? []).ToDictionary(starts => starts.OfferId);
        }
        catch (ServiceUnavailableException)
        {
            return new Dictionary<Guid, NextStarts>();
        }
    }
}
