namespace MedTourism.Web.Clients;

/// <summary>Changed times: what a clinic proposes after a machine failed, and what the patient moves.</summary>
public sealed class ChangeClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<PatientRepair>> RepairAsync(Guid booking, string accessKey, CancellationToken ct) => GetAsync<PatientRepair>($"bookings/{booking}/repair", ct, accessKey);

    public Task<Answer<PatientRepair>> AcceptAsync(Guid booking, string accessKey, CancellationToken ct) => PostAsync<PatientRepair>($"bookings/{booking}/repair/accept", null, ct, accessKey);

    public Task<Answer<PatientRepair>> DeclineAsync(Guid booking, string wish, string accessKey, CancellationToken ct) =>
        PostAsync<PatientRepair>($"bookings/{booking}/repair/decline", new { wish }, ct, accessKey);

    public Task<Answer<MoveTerms>> MoveTermsAsync(Guid booking, string accessKey, CancellationToken ct) => GetAsync<MoveTerms>($"bookings/{booking}/reschedule", ct, accessKey);

    public Task<Answer<MoveOptions>> MoveOptionsAsync(Guid booking, DateOnly? from, string accessKey, CancellationToken ct) =>
        GetAsync<MoveOptions>(Query($"bookings/{booking}/reschedule/options", ("from", from), ("days", 21)), ct, accessKey);

    public Task<Answer<Booking>> MoveAsync(Guid booking, DateTimeOffset start, long expectedDifferenceMinor, int sequence, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Booking>($"bookings/{booking}/reschedule", new { start, expectedDifferenceMinor, sequence }, ct, accessKey, idempotencyKey);

    /// <summary>Moves a whole course to another plan of it.</summary>
    public Task<Answer<Booking>> MoveCourseAsync(Guid booking, Guid optionId, long expectedDifferenceMinor, int sequence, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Booking>($"bookings/{booking}/reschedule", new { optionId, expectedDifferenceMinor, sequence }, ct, accessKey, idempotencyKey);

    public Task<Answer<JoinedWaitlist>> JoinAsync(WaitlistRequest request, string idempotencyKey, CancellationToken ct) => PostAsync<JoinedWaitlist>("waitlist", request, ct, null, idempotencyKey);

    public Task<Answer<WaitlistPlace>> PlaceAsync(Guid entry, string accessKey, CancellationToken ct) => GetAsync<WaitlistPlace>($"waitlist/{entry}", ct, accessKey);

    public Task<Answer<WaitlistPlace>> DeclineOfferAsync(Guid entry, string accessKey, CancellationToken ct) => PostAsync<WaitlistPlace>($"waitlist/{entry}/decline", null, ct, accessKey);

    public Task<Answer<Nothing>> LeaveAsync(Guid entry, string accessKey, CancellationToken ct) => DeleteAsync<Nothing>($"waitlist/{entry}", ct, accessKey);
}

public sealed record MovedSession(Guid SessionId, int Number, string Phase, DateTimeOffset OldStart, DateTimeOffset OldEnd, DateTimeOffset? NewStart, DateTimeOffset? NewEnd);

public sealed record StayEffect(int DaysBefore, int DaysAfter, int? VisaFreeDays, bool? WithinBefore, bool? WithinAfter);

/// <summary>State: <c>applied</c> (waits for the patient), <c>accepted</c>, <c>declined</c>, <c>undone</c>, <c>impossible</c>, <c>ended</c>.</summary>
public sealed record PatientRepair(
    Guid RepairId, string State, string? Wish, string? Resolution, DateTimeOffset? AnswerBy, DateTimeOffset OldEnd, DateTimeOffset NewEnd, StayEffect? Stay, MovedSession[] Moved, Money? Refund,
    DateTimeOffset ServerNow, RepairOption[]? Options = null);

public sealed record MoveReason(string Code, string Message, DateTimeOffset? Until, int? Limit);

public sealed record MoveTerms(
    bool Allowed, DateTimeOffset? Until, int MovesLeft, MoveReason[] Reasons, DateTimeOffset Start, DateTimeOffset End, string TimeZone, Money Price, Money? TodayPrice, long DifferenceMinor, int Sequence,
    DateTimeOffset ServerNow);

/// <summary>Days for a single visit; <see cref="Courses"/> for a course.</summary>
public sealed record MoveOptions(Guid OfferId, string TimeZone, DateOnly From, AvailableDay[] Days, long DifferenceMinor, int Sequence, CourseOptions? Courses = null);

/// <summary>A session of a plan that somebody else was faster with, and what stands there.</summary>
public sealed record LostSession(int Number, string Phase, DateTimeOffset Start, DateTimeOffset End, Reason[] Reasons);

public sealed record WaitlistPerson(string FamilyName, string? GivenNames);

public sealed record WaitlistContact(string Email, string Culture, string? TimeZone, bool NeutralTitle);

public sealed record WaitlistRequest(Guid OfferId, DateOnly From, DateOnly To, int[]? Weekdays, TimeOnly? Earliest, TimeOnly? Latest, WaitlistPerson Patient, WaitlistContact Contact);

public sealed record WaitlistOffer(Guid HoldId, DateTimeOffset Start, DateTimeOffset End, DateTimeOffset ExpiresAt, Guid? BookingId);

public sealed record WaitlistPlace(
    Guid Id, string State, int? Ahead, Guid OfferId, Dictionary<string, string> ProcedureNames, Dictionary<string, string> CenterNames, string TimeZone, DateOnly From, DateOnly To, WaitlistOffer? Offer,
    int? LapsesLeft, string? EndedBecause, Guid? BookingId, DateTimeOffset JoinedAt, DateTimeOffset ServerNow);

public sealed record JoinedWaitlist(Guid EntryId, string AccessKey, int? Ahead, WaitlistPlace Entry);
