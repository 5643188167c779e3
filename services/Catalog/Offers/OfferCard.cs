using MedTourism.Catalog.Centers;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Offers;

public sealed record Money(long AmountMinor, string Currency);

public sealed record Named(string Id, LocalText Name);

public sealed record CardCenter(string Id, string Slug, LocalText Name, Named City, bool Demo);

/// <summary>An offer as lists show it. Price and deposit are null where there is none.</summary>
public record OfferCard(
    Guid Id, string ProcedureId, LocalText Procedure, Named Line, CardCenter Center, string Mode, Money? Price, Money? PriceUsd, Money? Deposit,
    int DurationMinutes, int? VisitMinutes, bool FirstVisitOnly, string[] Languages, string PriceBasis, bool Demo);

/// <summary>An offer with everything that belongs to it.</summary>
public sealed class OfferRow
{
    public required Offer Offer { get; init; }

    public required Procedure Procedure { get; init; }

    public required ServiceLine Line { get; init; }

    public required Center Center { get; init; }

    public required City City { get; init; }

    public OfferCard ToCard(string culture) => new(
        Offer.Id,
        Procedure.Id,
        LocalText.Of(Procedure.Names, culture),
        new Named(Line.Id, LocalText.Of(Line.Names, culture)),
        new CardCenter(Center.Id, Center.Slug, LocalText.Of(Center.Names, culture), new Named(City.Id, LocalText.Of(City.Names, culture)), Center.Demo),
        Offer.Mode,
        Offer.PriceMinor is { } price ? new Money(price, Offer.Currency) : null,
        Offer.PriceUsdMinor is { } usd ? new Money(usd, "USD") : null,
        Offer.DepositMinor > 0 ? new Money(Offer.DepositMinor, Offer.Currency) : null,
        Procedure.DurationMinutes,
        Procedure.VisitMinutes,
        Procedure.FirstVisitOnly,
        Offer.Languages,
        Offer.PriceBasis,
        Offer.Demo);
}

public static class OfferRows
{
    /// <summary>Offers with what belongs to them; only those on sale unless <paramref name="withdrawnToo"/>.</summary>
    public static IQueryable<OfferRow> Rows(this CatalogDb db, bool withdrawnToo = false)
    {
        ArgumentNullException.ThrowIfNull(db);
        return from offer in db.Offers.AsNoTracking()
               join procedure in db.Procedures on offer.ProcedureId equals procedure.Id
               join line in db.ServiceLines on procedure.LineId equals line.Id
               join center in db.Centers on offer.CenterId equals center.Id
               join city in db.Cities on center.CityId equals city.Id
               where withdrawnToo || (offer.WithdrawnAt == null && center.Listed)
               select new OfferRow { Offer = offer, Procedure = procedure, Line = line, Center = center, City = city };
    }
}
