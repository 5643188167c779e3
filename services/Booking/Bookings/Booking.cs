using MedTourism.Booking.Courses;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Bookings;

public enum BookingState
{
    AwaitingDeposit,
    Confirmed,
    Cancelled,
    Expired,
    Refunding,
    Refunded,
}

public static class BookingStates
{
    public static string Name(this BookingState state) => state switch
    {
        BookingState.AwaitingDeposit => "awaiting_deposit",
        BookingState.Confirmed => "confirmed",
        BookingState.Cancelled => "cancelled",
        BookingState.Expired => "expired",
        BookingState.Refunding => "refunding",
        BookingState.Refunded => "refunded",
    };

    public static BookingState Parse(string name) => Enum.GetValues<BookingState>().Single(state => state.Name() == name);
}

/// <summary>
/// A patient's appointment and its money, under the terms it was placed with. The rule methods are its only way from state to state: each says false and
/// changes nothing if the step is not allowed. Call them on a row that is locked (<see cref="BookingRows.ForUpdateAsync"/>).
/// </summary>
/// <remarks>awaiting_deposit → confirmed | expired | cancelled | refunding; expired → confirmed | refunding; confirmed → cancelled;
/// cancelled without a deposit → refunding (late money); refunding → refunded.</remarks>
public sealed class Booking
{
    private readonly List<BookingEvent> _events = [];

    public Guid Id { get; init; }

    public required string Reference { get; set; }

    public Guid? HoldId { get; init; }

    public int Fence { get; private set; }

    public BookingState State { get; private set; } = BookingState.AwaitingDeposit;

    /// <summary>The treatment plan it was placed under, with the pattern as it was then; null for an offer's single visit.</summary>
    public Guid? PlanId { get; init; }

    public CoursePattern? Pattern { get; init; }

    /// <summary>The pattern, if its sessions keep the rules of a course.</summary>
    public CoursePattern? Course => Pattern is { IsCourse: true } ? Pattern : null;

    public Guid OfferId { get; init; }

    public required string ProcedureId { get; init; }

    public required Dictionary<string, string> ProcedureNames { get; init; }

    public required string ServiceLine { get; init; }

    public required string CenterId { get; init; }

    public required Dictionary<string, string> CenterNames { get; init; }

    public required string CityId { get; init; }

    public required string TimeZone { get; init; }

    /// <summary>Start of the first session.</summary>
    public DateTimeOffset StartsAt { get; private set; }

    /// <summary>End of the last session.</summary>
    public DateTimeOffset EndsAt { get; private set; }

    public required string[] ResourceKinds { get; init; }

    public long PriceMinor { get; init; }

    public long DepositMinor { get; init; }

    public required string Currency { get; init; }

    public required CancellationStep[] CancellationLadder { get; init; }

    public long DepositPaidMinor { get; private set; }

    public Guid? ChargeId { get; private set; }

    public long RefundDueMinor { get; private set; }

    public long RefundedMinor { get; private set; }

    public string? PatientSubject { get; init; }

    public required string Culture { get; init; }

    public string? ReferralCode { get; init; }

    public DateTimeOffset? ReferralTouchedAt { get; init; }

    /// <summary>Rises with each change the patient's calendar must learn of (iCalendar SEQUENCE).</summary>
    public int Sequence { get; private set; }

    public string? CancelledBy { get; private set; }

    public bool Demo { get; init; }

    public DateTimeOffset PlacedAt { get; init; }

    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>What happened since the row was read; written together with it.</summary>
    public IReadOnlyList<BookingEvent> Events => _events;

    /// <summary>Under the offer's terms, or under those of the treatment plan the hold was placed for.</summary>
    public static Booking Place(Hold hold, OfferTerms offer, string? subject, string culture, string? referralCode, DateTimeOffset? touchedAt, DateTimeOffset now,
        TreatmentPlan? plan = null)
    {
        ArgumentNullException.ThrowIfNull(hold);
        ArgumentNullException.ThrowIfNull(offer);
        var booking = new Booking
        {
            Id = Guid.CreateVersion7(),
            Reference = Bookings.Reference.New(),
            HoldId = hold.Id,
            Fence = hold.Fence,
            OfferId = offer.OfferId,
            ProcedureId = offer.ProcedureId,
            ProcedureNames = offer.ProcedureNames,
            ServiceLine = offer.ServiceLine,
            CenterId = offer.CenterId,
            CenterNames = offer.CenterNames,
            CityId = offer.CityId,
            TimeZone = offer.TimeZone,
            StartsAt = hold.StartsAt,
            EndsAt = hold.EndsAt,
            PlanId = plan?.Id,
            Pattern = plan?.Pattern,
            ResourceKinds = [.. (plan?.Pattern.ResourceKinds ?? offer.ResourceKinds).Distinct()],
            PriceMinor = plan?.PriceMinor ?? offer.PriceMinor,
            DepositMinor = plan?.DepositMinor ?? offer.DepositMinor,
            Currency = plan?.Currency ?? offer.Currency,
            CancellationLadder = offer.CancellationLadder,
            PatientSubject = subject,
            Culture = culture,
            ReferralCode = referralCode,
            ReferralTouchedAt = touchedAt,
            Demo = offer.Demo,
            PlacedAt = now,
            ChangedAt = now,
        };
        booking._events.Add(new BookingEvent(booking.Id, "placed", null, booking.State.Name(), "patient", null, now));
        return booking;
    }

    /// <summary>The deposit arrived and the time is the patient's: the one they held, or the same one taken anew, which raises the fence.</summary>
    public bool Confirm(Guid? chargeId, long paidMinor, bool takenAnew, DateTimeOffset now)
    {
        if (State is not (BookingState.AwaitingDeposit or BookingState.Expired) || (State == BookingState.Expired && !takenAnew))
        {
            return false;
        }

        Fence += takenAnew ? 1 : 0;
        (ChargeId, DepositPaidMinor) = (chargeId, paidMinor);
        Become(BookingState.Confirmed, "payment", takenAnew ? "late deposit, same time taken anew" : null, now);
        return true;
    }

    /// <summary>The hold ran out before the deposit arrived.</summary>
    public bool Expire(DateTimeOffset now)
    {
        if (State != BookingState.AwaitingDeposit)
        {
            return false;
        }

        Become(BookingState.Expired, "system", null, now);
        return true;
    }

    public bool Cancel(long refundMinor, string by, DateTimeOffset now)
    {
        if (State is not (BookingState.AwaitingDeposit or BookingState.Confirmed) || refundMinor < 0 || refundMinor > DepositPaidMinor)
        {
            return false;
        }

        (RefundDueMinor, CancelledBy) = (refundMinor, by);
        Become(BookingState.Cancelled, by, null, now);
        return true;
    }

    /// <summary>Money arrived for time that can no longer be given: all of it goes back.</summary>
    public bool ReturnMoney(Guid chargeId, long paidMinor, string reason, DateTimeOffset now)
    {
        if (ChargeId is not null || State is not (BookingState.AwaitingDeposit or BookingState.Expired or BookingState.Cancelled))
        {
            return false;
        }

        (ChargeId, DepositPaidMinor, RefundDueMinor) = (chargeId, paidMinor, paidMinor);
        Become(BookingState.Refunding, "system", reason, now);
        return true;
    }

    /// <summary>Payment gave money back. A cancelled booking stays cancelled; one that could not be placed is done when all is back.</summary>
    public void Refunded(long amountMinor, DateTimeOffset now)
    {
        RefundedMinor += amountMinor;
        if (State == BookingState.Refunding && RefundedMinor >= RefundDueMinor)
        {
            Become(BookingState.Refunded, "payment", null, now);
        }
        else
        {
            _events.Add(new BookingEvent(Id, "refund", null, State.Name(), "payment", null, now));
        }
    }

    /// <summary>Its sessions are at other times now. Only a confirmed booking moves.</summary>
    public bool Move(DateTimeOffset startsAt, DateTimeOffset endsAt, string by, string detail, DateTimeOffset now)
    {
        if (State != BookingState.Confirmed || endsAt <= startsAt)
        {
            return false;
        }

        (StartsAt, EndsAt, ChangedAt) = (startsAt, endsAt, now);
        Sequence++;
        _events.Add(new BookingEvent(Id, "moved", State.Name(), State.Name(), by, detail, now));
        return true;
    }

    /// <summary>What cancelling now gives back. A clinic or the operator that cancels gives everything back.</summary>
    public CancellationQuote Quote(DateTimeOffset now, bool byPatient) => CancellationQuote.Of(CancellationLadder, StartsAt, DepositPaidMinor, now, byPatient);

    private void Become(BookingState next, string actor, string? detail, DateTimeOffset now)
    {
        _events.Add(new BookingEvent(Id, next.Name(), State.Name(), next.Name(), actor, detail, now));
        (State, ChangedAt) = (next, now);
        Sequence++;
    }

    internal void Saved() => _events.Clear();
}
