using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clients;

/// <summary>What is offered, where, at what price, under which rules.</summary>
public sealed class CatalogClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<OfferList>> SearchAsync(OfferSearch search, CancellationToken ct) => GetAsync<OfferList>(Query("offers",
        ("q", search.Q), ("line", search.Line), ("city", search.City), ("mode", search.Mode), ("center", search.Center), ("sort", search.Sort), ("from", search.From), ("page", search.Page), ("size", search.Size), ("culture", Culture)), ct);

    public Task<Answer<Offer>> OfferAsync(Guid id, CancellationToken ct) => GetAsync<Offer>(Query($"offers/{id}", ("culture", Culture)), ct);

    public Task<Answer<Center>> CenterAsync(string slug, CancellationToken ct) => GetAsync<Center>(Query($"centers/{Uri.EscapeDataString(slug)}", ("culture", Culture)), ct);

    public Task<Answer<ListedCenter[]>> CentersAsync(CancellationToken ct) => GetAsync<ListedCenter[]>(Query("centers", ("culture", Culture)), ct);

    public Task<Answer<Line[]>> LinesAsync(CancellationToken ct) => GetAsync<Line[]>(Query("lines", ("culture", Culture)), ct);

    public Task<Answer<City[]>> CitiesAsync(CancellationToken ct) => GetAsync<City[]>(Query("cities", ("culture", Culture)), ct);

    public Task<Answer<Country[]>> CountriesAsync(CancellationToken ct) => GetAsync<Country[]>(Query("countries", ("culture", Culture)), ct);

    private static string Culture => Cultures.Current.Code;
}

public sealed record OfferSearch(string? Q = null, string? Line = null, string? City = null, string? Mode = null, string? Center = null, string? Sort = null, int Page = 1, int Size = 20, DateOnly? From = null);

/// <summary>Text with the language it really is in, which need not be the one asked for.</summary>
public sealed record LocalText(string Text, string Lang)
{
    public override string ToString() => Text;
}

public sealed record Money(long AmountMinor, string Currency);
public sealed record LineName(string Id, LocalText Name);
public sealed record CityName(string Id, LocalText Name);
public sealed record CenterName(string Id, string Slug, LocalText Name, CityName City, bool Demo);

public record OfferCard(
    Guid Id, string ProcedureId, LocalText Procedure, LineName Line, CenterName Center, string Mode, Money? Price, Money? PriceUsd, Money? Deposit,
    int DurationMinutes, string[] Languages, string? PriceBasis, bool Demo, int? VisitMinutes = null, bool FirstVisitOnly = false)
{
    /// <summary>How long the patient is there; a machine may be busy for less of it.</summary>
    public int Minutes => VisitMinutes ?? DurationMinutes;
}

public sealed record Offer(
    Guid Id, string ProcedureId, LocalText Procedure, LineName Line, CenterName Center, string Mode, Money? Price, Money? PriceUsd, Money? Deposit,
    int DurationMinutes, string[] Languages, string? PriceBasis, bool Demo,
    LocalText[] Included, LocalText[] NotIncluded, CancellationStep[] Cancellation, PreparationStep[] Preparation, DocumentLists? Documents, ScreeningQuestion[] Screening,
    Equipment[] Equipment, StayDays? StayDays, System.Text.Json.JsonElement? Facts, SourceNote[] Sources, string? SignOff, OfferCard[] OtherCenters,
    int? VisitMinutes = null, bool FirstVisitOnly = false, string? IncludedBasis = null, string? CancellationBasis = null)
    : OfferCard(Id, ProcedureId, Procedure, Line, Center, Mode, Price, PriceUsd, Deposit, DurationMinutes, Languages, PriceBasis, Demo, VisitMinutes, FirstVisitOnly);

public sealed record CancellationStep(int HoursBefore, int RefundPercent);
public sealed record PreparationStep(int? OffsetHours, LocalText Text, string? Source);
public sealed record DocumentLists(LocalText[] BeforeReview, LocalText[] BeforeTravel, LocalText[] OnArrival, LocalText[]? Optional = null);
public sealed record ScreeningQuestion(string Id, LocalText Text, string? OnYes);
public sealed record Equipment(string Id, string Kind, string Name, string Status);
public sealed record StayDays(int Min, int Max);
public sealed record SourceNote(string Key, string? Url, string? Date);
public sealed record Facet(string Id, LocalText? Name, int Count);
public sealed record Facets(Facet[] Lines, Facet[] Cities, Facet[] Modes);
public sealed record OfferList(int Total, int Page, int Size, OfferCard[] Items, Facets Facets);
public sealed record Line(string Id, LocalText Name, int Offers);
public sealed record City(string Id, LocalText Name, double Lat, double Lon, int Centers, int Offers, int DemoCenters = 0);
public sealed record Country(string Code, LocalText Name);
public sealed record ListedCenter(string Id, string Slug, LocalText Name, CityName City, bool Demo);
public sealed record CenterCity(string Id, LocalText Name, double Lat, double Lon, string? Iata);
public sealed record Center(
    string Id, string Slug, LocalText Name, string Kind, CenterCity City, System.Text.Json.JsonElement? Facts, System.Text.Json.JsonElement? Accreditation, string[] Languages, bool Demo,
    Equipment[] Equipment, OfferCard[] Offers, SourceNote[] Sources);
