using MedTourism.Booking.Offers;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Waitlist;

namespace MedTourism.Booking.Holds;

/// <summary>An amount in minor units with its ISO 4217 code.</summary>
public sealed record Money(long AmountMinor, string Currency);

/// <summary>
/// A hold as its holder sees it. The access key is told once, when the hold is placed; a course is opened by the key of its treatment plan.
/// Sessions are those of a course; null for a single visit. The agency
/// is the one that lets the patient wait for this time, and earns if it is booked; null if there is none.
/// </summary>
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
    Money DepositDue,
    Guid? PlanId = null,
    IReadOnlyList<SessionView>? Sessions = null,
    EnteredBy? Agency = null)
{
    public static HoldView Of(Hold hold, OfferTerms offer, DateTimeOffset now, BookingOptions options, string? accessKey = null, TreatmentPlan? plan = null,
        IReadOnlyList<SessionView>? sessions = null)
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
            plan is null ? new Money(offer.PriceMinor, offer.Currency) : new Money(plan.PriceMinor, plan.Currency),
            plan is null ? new Money(offer.DepositMinor, offer.Currency) : new Money(plan.DepositMinor, plan.Currency),
            hold.PlanId,
            sessions);
    }
}
