namespace MedTourism.Web.Clients;

/// <summary>What time is free, held and booked.</summary>
public sealed class BookingClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<Availability>> AvailabilityAsync(Guid offer, DateOnly from, int days, CancellationToken ct) =>
        GetAsync<Availability>(Query("availability", ("offer", offer), ("from", from), ("days", days)), ct);

    public Task<Answer<NextStarts[]>> NextStartsAsync(IReadOnlyCollection<Guid> offers, int count, DateOnly? from, CancellationToken ct) =>
        GetAsync<NextStarts[]>(Query("availability/next", ("offers", string.Join(',', offers)), ("count", count), ("from", from)), ct);

    public Task<Answer<Hold>> PlaceHoldAsync(Guid offer, DateTimeOffset start, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Hold>("holds", new { offerId = offer, start }, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Hold>> HoldAsync(Guid id, string accessKey, CancellationToken ct) => GetAsync<Hold>($"holds/{id}", ct, accessKey);

    public Task<Answer<Hold>> ExtendAsync(Guid id, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Hold>($"holds/{id}/extend", null, ct, accessKey, idempotencyKey);

    public Task<Answer<Nothing>> ReleaseAsync(Guid id, string accessKey, CancellationToken ct) => DeleteAsync<Nothing>($"holds/{id}", ct, accessKey);

    public Task<Answer<PlacedBooking>> PlaceBookingAsync(BookingRequest booking, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<PlacedBooking>("bookings", booking, ct, accessKey, idempotencyKey);

    public Task<Answer<BookingCheckout>> CheckoutAsync(Guid booking, string accessKey, CancellationToken ct) =>
        PostAsync<BookingCheckout>($"bookings/{booking}/checkout", null, ct, accessKey);

    public Task<Answer<Booking>> BookingAsync(Guid id, string accessKey, CancellationToken ct) => GetAsync<Booking>($"bookings/{id}", ct, accessKey);

    public Task<Answer<Nothing>> FindAsync(string reference, DateOnly dateOfBirth, CancellationToken ct) => PostAsync<Nothing>("bookings/find", new { reference, dateOfBirth }, ct);

    public Task<Answer<FoundBooking>> ConfirmFindAsync(string reference, string code, CancellationToken ct) =>
        PostAsync<FoundBooking>("bookings/find/confirm", new { reference, code }, ct);

    public Task<Answer<CancellationQuote>> CancellationAsync(Guid id, string accessKey, CancellationToken ct) => GetAsync<CancellationQuote>($"bookings/{id}/cancellation", ct, accessKey);

    public Task<Answer<Booking>> CancelAsync(Guid id, long expectedRefundMinor, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Booking>($"bookings/{id}/cancel", new { expectedRefundMinor }, ct, accessKey, idempotencyKey);
}

public sealed record StartTime(DateTimeOffset Start, DateTimeOffset End, string? LocalTime);
public sealed record AvailableDay(DateOnly Date, StartTime[] Starts);
public sealed record Availability(Guid OfferId, string TimeZone, DateOnly From, AvailableDay[] Days, DateOnly? NextDate);
public sealed record NextStart(DateTimeOffset Start, DateOnly LocalDate, string LocalTime);
public sealed record NextStarts(Guid OfferId, string TimeZone, NextStart[] Starts);

public sealed record Hold(
    Guid HoldId, string? AccessKey, Guid OfferId, DateTimeOffset Start, DateTimeOffset End, string TimeZone, DateTimeOffset ExpiresAt, DateTimeOffset ServerNow, int ExtensionsLeft,
    Money? Price, Money? DepositDue, Guid? BookingId = null, string? State = null, Guid? PlanId = null, BookedSession[]? Sessions = null,
    HoldAgency? Agency = null);

/// <summary>The agency that lets the patient wait for this time.</summary>
public sealed record HoldAgency(Guid AgencyId, DateTimeOffset Since);

/// <summary>One appointment of a hold or a booking.</summary>
public sealed record BookedSession(Guid SessionId, int Number, string Phase, int Trip, DateTimeOffset Start, DateTimeOffset End, string State, int Sequence);

public sealed record BookingPatient(string FamilyName, string GivenNames, DateOnly DateOfBirth, string Citizenship, bool ForSelf);
public sealed record BookingContact(string Email, string? Phone, string Culture, string? TimeZone, bool NeutralTitle);
public sealed record BookingAnswer(string QuestionId, string Value);

public sealed record BookingRequest(
    Guid HoldId, BookingPatient Patient, BookingContact Contact, IReadOnlyList<BookingAnswer> Answers, string? ReferralCode, DateTimeOffset? ReferralTouchedAt);

public sealed record PlacedBooking(Guid BookingId, string Reference, string State, Money? DepositDue, DateTimeOffset? HoldExpiresAt);
public sealed record BookingCheckout(Guid BookingId, DateTimeOffset HoldExpiresAt, Money DepositDue);
public sealed record CancellationLimit(DateTimeOffset Until, int RefundPercent, long RefundMinor);
public sealed record PatientName(string? GivenNames, string? FamilyName, string? Citizenship = null);

public sealed record Booking(
    Guid Id, string Reference, string State, Guid OfferId, Dictionary<string, string> ProcedureNames, Dictionary<string, string> CenterNames, string CenterId, string CityId, string ServiceLine,
    string TimeZone, DateTimeOffset Start, DateTimeOffset End, Money Price, Money Deposit, Money? DepositPaid, Money? Refund, PatientName? Patient, CancellationLimit[]? Cancellation,
    DateTimeOffset? HoldExpiresAt, int Sequence, bool Demo, Guid? PlanId = null, BookedSession[]? Sessions = null, Guid? HoldId = null)
{
    /// <summary>Two trips with a healing gap between them, a cycle, or (null) visits of any other kind.</summary>
    public string? Kind => SessionKinds.Of(Sessions);
}

/// <summary>What appointments make together.</summary>
public static class SessionKinds
{
    public static string? Of(BookedSession[]? sessions) =>
        sessions?.Any(session => session.Phase is "placement" or "prosthetic") == true ? "trips"
        : sessions?.Any(session => session.Phase is "retrieval" or "transfer") == true ? "cycle" : null;
}

public sealed record FoundBooking(Guid BookingId, string AccessKey);
public sealed record CancellationQuote(Money Refund, int RefundPercent, DateTimeOffset? Until, CancellationLimit? Next);
