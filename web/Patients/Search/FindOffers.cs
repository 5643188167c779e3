using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Search;

/// <summary>Offers by words, city, kind of treatment, way of booking and the day from which one can come; each card with its next free times.</summary>
public static class FindOffers
{
    public static readonly string[] Sorts = ["relevance", "earliest", "price", "name"];

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/find", Handle).CachedForAll();

    /// <summary>What was asked, what was found, the next times of it, and the day from which one can come as it was typed, also if it is none.</summary>
    public sealed record Model(OfferSearch Asked, OfferList Found, IReadOnlyDictionary<Guid, NextStarts> Starts, string? From)
    {
        public bool FromIsWrong => !string.IsNullOrEmpty(From) && Asked.From is null;

        /// <summary>Who names a day wants the earliest first.</summary>
        public string Sort => Asked.Sort ?? (Asked.From is null ? "relevance" : "earliest");

        public int Pages => Math.Max(1, (Found.Total + Found.Size - 1) / Found.Size);
    }

    private static async Task<IResult> Handle(
        string? q, string? line, string? city, string? mode, string? sort, string? from, string? page, HttpRequest request, CatalogClient catalog, BookingClient booking, Site site, CancellationToken ct)
    {
        var number = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, 1000) : 1;
        var search = new OfferSearch(q?.Trim() is { Length: > 100 } tooLong ? tooLong[..100] : q?.Trim(), line, city, mode, null, Sorts.Contains(sort) ? sort : null, number, 10, Day(from, site.Today));
        var found = await SearchAsync(search);
        if (!found.Ok)
        {
            // A city or kind that is not (any more) in the catalogue: an old link still deserves results.
            search = search with { Line = null, City = null, Mode = null };
            found = await SearchAsync(search);
        }

        var list = found.OrThrow();
        var model = new Model(search, list, await NextStartsOf.ReadAsync(booking, list.Items, search.From, ct), from?.Trim());
        return request.IsFragment() ? Shared.Pages.Page<FindResults>(model) : Shared.Pages.Page<FindPage>(model);

        Task<Answer<OfferList>> SearchAsync(OfferSearch asked) => catalog.SearchAsync(asked with { Sort = asked.Sort ?? (asked.From is null ? null : "earliest") }, ct);
    }

    /// <summary>Null if it is no day of the coming year. A day that is past means from now on.</summary>
    private static DateOnly? Day(string? typed, DateOnly today) =>
        DateOnly.TryParseExact(Formats.WesternDigits(typed?.Trim() ?? ""), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day <= today.AddDays(365)
            ? day < today ? today : day
            : null;
}

/// <summary>The next free times of the cards on a page. Without them the cards still work.</summary>
public static class NextStartsOf
{
    public static async Task<IReadOnlyDictionary<Guid, NextStarts>> ReadAsync(BookingClient booking, IEnumerable<OfferCard> cards, DateOnly? from, CancellationToken ct)
    {
        var instant = cards.Where(card => card.Mode == "instant").Select(card => card.Id).Distinct().Take(20).ToArray();
        if (instant.Length == 0)
        {
            return new Dictionary<Guid, NextStarts>();
        }

        try
        {
            return ((await booking.NextStartsAsync(instant, 3, from, ct)).Value ?? []).ToDictionary(starts => starts.OfferId);
        }
        catch (ServiceUnavailableException)
        {
            return new Dictionary<Guid, NextStarts>();
        }
    }
}
