namespace MedTourism.Contracts.Booking;

/// <summary>A start time is held for a patient until <see cref="ExpiresAt"/>.</summary>
public sealed record HoldPlaced(Guid HoldId, Guid OfferId, string CenterId, DateTimeOffset Start, DateTimeOffset End, DateTimeOffset ExpiresAt, int Fence);

/// <summary>A hold ran out and its time is free again. <see cref="BookingId"/> is set if a booking was waiting for its deposit.</summary>
public sealed record HoldExpired(Guid HoldId, Guid? BookingId, Guid OfferId, string CenterId, DateTimeOffset Start, DateTimeOffset ExpiredAt);

/// <summary>The patient let go of a hold.</summary>
public sealed record HoldReleased(Guid HoldId, Guid? BookingId, Guid OfferId, string CenterId, DateTimeOffset Start, DateTimeOffset ReleasedAt);

/// <summary>
/// A patient asked for a booking; the deposit is due. Who brought the patient is told here so that Referral can attribute it.
/// <see cref="PatientSubject"/> is the account's subject if the patient was signed in. <see cref="AgencyId"/> is the agency that let the patient wait for
/// this time, since <see cref="AgencySince"/>; null if the time was not offered to someone an agency entered.
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
    DateTimeOffset PlacedAt,
    Guid? AgencyId = null,
    DateTimeOffset? AgencySince = null);

/// <summary>Payment must collect this amount (minor units). A later request of the same booking with a higher <see cref="Fence"/> replaces it.</summary>
public sealed record DepositRequested(
    Guid BookingId,
    string Reference,
    string CenterId,
    long AmountMinor,
    string Currency,
    string Culture,
    DateTimeOffset DueBy,
    int Fence,
    DateTimeOffset? Start = null,
    string? TimeZone = null);

/// <summary>
/// Personal data for Notifications only: how to reach the patient of a booking (or of a treatment plan or waitlist entry, under its id) and how to address them. No other service subscribes.
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
    DateTimeOffset ConfirmedAt,
    BookedSession[]? Sessions = null);

/// <summary>
/// One appointment of a booking. <see cref="SessionId"/> never changes, <see cref="Sequence"/> rises with each move (iCalendar UID and SEQUENCE).
/// <see cref="Phase"/> is <c>visit</c>, <c>planning</c>, <c>fraction</c>, <c>monitoring</c>, <c>retrieval</c>, <c>transfer</c>, <c>placement</c> or
/// <c>prosthetic</c>; <see cref="State"/> is <c>booked</c>, <c>proposed</c>, <c>delivered</c>, <c>missed</c> or <c>cancelled</c>.
/// </summary>
public sealed record BookedSession(Guid SessionId, int Number, string Phase, DateTimeOffset Start, DateTimeOffset End, string State, int Sequence);

/// <summary>A session and where it goes; without a new time it has none yet.</summary>
public sealed record MovedSession(
    Guid SessionId, int Number, string Phase, DateTimeOffset OldStart, DateTimeOffset OldEnd, DateTimeOffset? NewStart, DateTimeOffset? NewEnd);

/// <summary>Cancelling until <see cref="Until"/> gives back <see cref="RefundMinor"/>.</summary>
public sealed record CancellationTerm(DateTimeOffset Until, int RefundPercent, long RefundMinor);

/// <summary>A booking ended before care. <see cref="RefundMinor"/> is what Payment gives back; <see cref="CancelledBy"/> is <c>patient</c>, <c>clinic</c> or <c>operator</c>. <see cref="Sessions"/> are all it had, as they are now.</summary>
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
    DateTimeOffset CancelledAt,
    BookedSession[]? Sessions = null);

/// <summary>Money arrived for time that could no longer be given: Payment returns it whole.</summary>
public sealed record DepositUnplaceable(Guid BookingId, string Reference, long AmountMinor, string Currency, string Reason, DateTimeOffset DecidedAt);

/// <summary>A person asks to see a booking without an account; Notifications e-mails the code. Never logged.</summary>
public sealed record BookingCodeRequested(Guid BookingId, string Code, DateTimeOffset ExpiresAt);

/// <summary>Free time of a resource changed on a day; readers may refresh what they cached.</summary>
public sealed record AvailabilityChanged(string CenterId, Guid ResourceId, DateOnly From, DateOnly To, DateTimeOffset ChangedAt);

/// <summary>
/// The local days of the next three months on which an offer that can be booked at once has a free start, ascending, as of <see cref="AsOf"/>: for lists
/// to be ordered by. Of two messages the one of the later moment counts.
/// </summary>
public sealed record OfferDaysChanged(Guid OfferId, DateOnly[] Days, DateTimeOffset AsOf);

/// <summary>
/// A clinician ordered a treatment for a patient, who may now choose dates. <see cref="AccessKey"/> opens the plan and goes into the patient's letter only;
/// their contact comes as <see cref="PatientContactGiven"/> under the plan's id. Never logged.
/// </summary>
public sealed record TreatmentPlanIssued(
    Guid PlanId,
    Guid OfferId,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    int SessionCount,
    long PriceMinor,
    long DepositMinor,
    string Currency,
    string AccessKey,
    DateTimeOffset ValidUntil,
    DateTimeOffset IssuedAt);

/// <summary>
/// A confirmed booking has other times now. <see cref="Sessions"/> are all that it has; <see cref="Moved"/> those that changed.
/// <see cref="Reason"/> is <c>patient</c>, <c>repair</c>, <c>repair-undone</c>, <c>cycle</c> or <c>clinic</c>.
/// Of a cycle it carries what moved it (<see cref="CycleChange"/>: <c>started</c>, <c>triggered</c>, <c>given-up</c> or <c>agreed</c>), <see cref="CycleId"/>
/// and the <see cref="AccessKey"/> that opens it from the letter; that goes nowhere else and is never logged.
/// </summary>
public sealed record BookingRescheduled(
    Guid BookingId,
    string Reference,
    Guid OfferId,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string CityId,
    string TimeZone,
    DateTimeOffset Start,
    DateTimeOffset End,
    BookedSession[] Sessions,
    MovedSession[] Moved,
    string Reason,
    int Sequence,
    DateTimeOffset RescheduledAt,
    Guid? CycleId = null,
    string? AccessKey = null,
    string? CycleChange = null);

/// <summary>
/// A confirmed booking is a cycle that begins with the patient's next period. <see cref="AccessKey"/> opens the cycle from her letter, where she says that
/// it started; it goes nowhere else and is never logged. <see cref="Day1"/> is the expected day, at the center.
/// </summary>
public sealed record CycleExpected(
    Guid CycleId,
    Guid BookingId,
    string Reference,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    DateOnly Day1,
    string AccessKey,
    DateTimeOffset ConfirmedAt);

/// <summary>
/// A machine fails and the clinic has replanned: the patient sees old and new times and may decline until <see cref="AnswerBy"/>. The new times are kept
/// for the patient. <see cref="AccessKey"/> opens the booking from the letter. Never logged.
/// </summary>
public sealed record RepairProposed(
    Guid RepairId,
    Guid BookingId,
    string Reference,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    MovedSession[] Moved,
    DateTimeOffset OldEnd,
    DateTimeOffset NewEnd,
    string AccessKey,
    DateTimeOffset AnswerBy,
    DateTimeOffset ProposedAt);

/// <summary>A session of this patient cannot be moved within its rules; the clinic offers a transfer or a refund and will call.</summary>
public sealed record RepairImpossible(
    Guid RepairId,
    Guid BookingId,
    string Reference,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    MovedSession[] Lost,
    string AccessKey,
    DateTimeOffset DecidedAt);

/// <summary>Someone waits for time of an offer. Their contact comes as <see cref="PatientContactGiven"/> under the entry's id.</summary>
public sealed record WaitlistJoined(
    Guid EntryId,
    Guid OfferId,
    Dictionary<string, string> ProcedureNames,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    DateTimeOffset From,
    DateTimeOffset To,
    string AccessKey,
    DateTimeOffset JoinedAt);

/// <summary>Time became free and is held for the one whose turn it is. <see cref="AccessKey"/> opens the hold. Never logged.</summary>
public sealed record WaitlistOffered(
    Guid EntryId,
    Guid OfferId,
    Dictionary<string, string> ProcedureNames,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    Guid HoldId,
    string AccessKey,
    DateTimeOffset Start,
    DateTimeOffset End,
    DateTimeOffset ExpiresAt,
    DateTimeOffset OfferedAt);

/// <summary>A held offer of waited-for time lapsed or was declined and went on to the next. The entry goes on waiting if <see cref="StillWaiting"/>.</summary>
public sealed record WaitlistOfferLapsed(Guid EntryId, Guid OfferId, Guid HoldId, bool StillWaiting, DateTimeOffset LapsedAt);
