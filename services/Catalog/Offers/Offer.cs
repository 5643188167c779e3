using MedTourism.Contracts.Catalog;

namespace MedTourism.Catalog.Offers;

/// <summary>A procedure at a center under its terms. The version rises only when the terms change.</summary>
public sealed class Offer
{
    public required Guid Id { get; set; }

    public required string ProcedureId { get; set; }

    public required string CenterId { get; set; }

    public required string Mode { get; set; }

    /// <summary>All-in price for a foreign patient in tiyn; null if the offer is not for sale.</summary>
    public long? PriceMinor { get; set; }

    public long? PriceUsdMinor { get; set; }

    public required long DepositMinor { get; set; }

    public required string Currency { get; set; }

    public required string PriceBasis { get; set; }

    public required decimal KztPerUsd { get; set; }

    public required DateOnly RateAsOf { get; set; }

    public required string RateSource { get; set; }

    public required string[] Languages { get; set; }

    public required CancellationStep[] Cancellation { get; set; }

    public required string[] BlockingQuestions { get; set; }

    public required bool Demo { get; set; }

    public string TermsHash { get; set; } = string.Empty;

    public long Version { get; set; }

    public long AnnouncedVersion { get; set; }

    public DateTimeOffset PublishedAt { get; set; }

    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>Takes over new terms; the version rises only if they differ from the present ones.</summary>
    public bool Adopt(Offer terms, string hash, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (TermsHash == hash && WithdrawnAt is null)
        {
            return false;
        }

        (Mode, PriceMinor, PriceUsdMinor, DepositMinor) = (terms.Mode, terms.PriceMinor, terms.PriceUsdMinor, terms.DepositMinor);
        (PriceBasis, KztPerUsd, RateAsOf, RateSource) = (terms.PriceBasis, terms.KztPerUsd, terms.RateAsOf, terms.RateSource);
        (Languages, Cancellation, BlockingQuestions, Demo) = (terms.Languages, terms.Cancellation, terms.BlockingQuestions, terms.Demo);
        (TermsHash, Version, PublishedAt, WithdrawnAt) = (hash, Version + 1, now, null);
        return true;
    }

    /// <summary>Stops the sale. The terms are kept: bookings made under them live on in Booking.</summary>
    public void Withdraw(DateTimeOffset now) => (Version, WithdrawnAt) = (Version + 1, now);
}
