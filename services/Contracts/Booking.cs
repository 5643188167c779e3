namespace MedTourism.Contracts.Booking;

/// <summary>A start time is held for a patient until <see cref="ExpiresAt"/>.</summary>
public sealed record HoldPlaced(Guid HoldId, Guid OfferId, string CenterId, DateTimeOffset Start, DateTimeOffset End, DateTimeOffset ExpiresAt, int Fence);

/// <summary>A hold ran out and its time is free again. <see cref="BookingId"/> is set if a booking was waiting for its deposit.</summary>
public sealed record HoldExpired(Guid HoldId, Guid? BookingId, Guid OfferId, string CenterId, DateTimeOffset Start, DateTimeOffset ExpiredAt);

/// <summary>The patient let go of a hold.</summary>
public sealed record HoldReleased(Guid HoldId, Guid? BookingId, Guid OfferId, string CenterId, DateTimeOffset Start, DateTimeOffset ReleasedAt);

/// <summary>
/// A patient asked for a booking; the deposit is due. Who brought the patient is told here so that Referral can attribute it.
/// <see cref="PatientSubject"/> is the account's subject if the patient was signed in.
/// </summary>
public sealed record BookingPlaced(
    Guid BookingId,
    string Reference,
    Guid OfferId,
    string CenterId,
    string ServiceLine,
    DateTimeOffset Start,
    DateTimeOffset End,
    long PriceMinor,
    string Currency,
    string? PatientSubject,
    string? ReferralCode,
    DateTimeOffset? ReferralTouchedAt,
    DateTimeOffset PlacedAt);

/// <summary>Payment must collect this amount (minor units). A later request of the same booking with a higher <see cref="Fence"/> replaces it.</summary>
public sealed record DepositRequested(
    Guid BookingId,
    string Reference,
    string CenterId,
    long AmountMinor,
    string Currency,
    string Culture,
    DateTimeOffset DueBy,
    int Fence);

/// <summary>
/// Personal data for Notifications only: how to reach the patient of a booking and how to address them. No other service subscribes.
/// <see cref="NeutralTitle"/> asks for calendar titles and subjects that do not name the treatment.
/// </summary>
public sealed record PatientContactGiven(
    Guid BookingId,
    string Email,
    string? Phone,
    string GivenNames,
    string FamilyName,
    string Culture,
    string? PatientTimeZone,
    bool NeutralTitle,
    DateTimeOffset GivenAt);

/// <summary>The deposit is paid and the time is the patient's. <see cref="Sequence"/> rises with each change of the booking (iCalendar SEQUENCE).</summary>
public sealed record BookingConfirmed(
    Guid BookingId,
    string Reference,
    Guid OfferId,
    string ProcedureId,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string CityId,
    string ServiceLine,
    string TimeZone,
    DateTimeOffset Start,
    DateTimeOffset End,
    long PriceMinor,
    long DepositMinor,
    string Currency,
    CancellationTerm[] CancellationLadder,
    int Sequence,
    bool Demo,
    DateTimeOffset ConfirmedAt);

/// <summary>Cancelling until <see cref="Until"/> gives back <see cref="RefundMinor"/>.</summary>
public sealed record CancellationTerm(DateTimeOffset Until, int RefundPercent, long RefundMinor);

/// <summary>A booking ended before care. <see cref="RefundMinor"/> is what Payment gives back; <see cref="CancelledBy"/> is <c>patient</c>, <c>clinic</c> or <c>operator</c>.</summary>
public sealed record BookingCancelled(
    Guid BookingId,
    string Reference,
    Guid OfferId,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    DateTimeOffset Start,
    DateTimeOffset End,
    long RefundMinor,
    string Currency,
    string CancelledBy,
    int Sequence,
    DateTimeOffset CancelledAt);

/// <summary>Money arrived for time that could no longer be given: Payment returns it whole.</summary>
public sealed record DepositUnplaceable(Guid BookingId, string Reference, long AmountMinor, string Currency, string Reason, DateTimeOffset DecidedAt);

/// <summary>A person asks to see a booking without an account; Notifications e-mails the code. Never logged.</summary>
public sealed record BookingCodeRequested(Guid BookingId, string Code, DateTimeOffset ExpiresAt);

/// <summary>Free time of a resource changed on a day; readers may refresh what they cached.</summary>
public sealed record AvailabilityChanged(string CenterId, Guid ResourceId, DateOnly From, DateOnly To, DateTimeOffset ChangedAt);
