using MedTourism.Booking.Offers;

namespace MedTourism.Booking.Holds;

/// <summary>An amount in minor units with its ISO 4217 code.</summary>
public sealed record Money(long AmountMinor, string Currency);

/// <summary>A hold as its holder sees it. The access key is told once, when the hold is placed.</summary>
public sealed record HoldView(
    Guid HoldId,
    string? AccessKey,
    string State,
    Guid? BookingId,
    Guid OfferId,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    DateTimeOffset ExpiresAt,
    DateTimeOffset ServerNow,
    int ExtensionsLeft,
    Money Price,
    Money DepositDue)
{
    public static HoldView Of(Hold hold, OfferTerms offer, DateTimeOffset now, BookingOptions options, string? accessKey = null)
    {
        ArgumentNullException.ThrowIfNull(hold);
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(options);
        return new HoldView(
            hold.Id,
            accessKey,
            hold.State == Hold.Held && hold.ExpiresAt <= now ? Hold.Expired : hold.State,
            hold.BookingId,
            hold.OfferId,
            hold.StartsAt,
            hold.EndsAt,
            offer.TimeZone,
            hold.ExpiresAt,
            now,
            Math.Max(0, options.MostExtensions - hold.Extensions),
            new Money(offer.PriceMinor, offer.Currency),
            new Money(offer.DepositMinor, offer.Currency));
    }
}
