using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics;

/// <summary>Booking, asked for the signed-in staff of a center: their own day, blocks, hours and bookings.</summary>
public sealed class ClinicClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<ClinicToday>> TodayAsync(DateOnly? date, CancellationToken ct) => GetAsync<ClinicToday>(Query("clinic/today", ("date", date)), ct);

    public Task<Answer<FoundBookings>> SearchAsync(string typed, CancellationToken ct) => GetAsync<FoundBookings>(Query("clinic/bookings", ("q", typed)), ct);

    public Task<Answer<ClinicDay>> DayAsync(DateOnly? date, CancellationToken ct) => GetAsync<ClinicDay>(Query("clinic/day", ("date", date)), ct);

    public Task<Answer<Block>> BlockAsync(Guid resourceId, DateTimeOffset start, DateTimeOffset end, string reason, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Block>("clinic/blocks", new { resourceId, start, end, reason }, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Nothing>> OpenAsync(Guid block, CancellationToken ct) => DeleteAsync<Nothing>($"clinic/blocks/{block}", ct);

    public Task<Answer<BookingFile>> BookingAsync(Guid id, CancellationToken ct) => GetAsync<BookingFile>($"clinic/bookings/{id}", ct);

    /// <summary>Verb: <c>delivered</c>, <c>missed</c> or <c>unmark</c>. Expected: the state the person saw.</summary>
    public Task<Answer<MarkedSession>> MarkAsync(Guid session, string verb, string? expected, string? reason, CancellationToken ct) =>
        PostAsync<MarkedSession>($"clinic/sessions/{session}/{verb}", new { expected, reason }, ct);

    public Task<Answer<ClinicResource[]>> ResourcesAsync(CancellationToken ct) => GetAsync<ClinicResource[]>("clinic/resources", ct);

    public Task<Answer<ClinicResource>> SetHoursAsync(Guid resource, IReadOnlyList<OpeningHours> hours, CancellationToken ct) =>
        PutAsync<ClinicResource>($"clinic/resources/{resource}/hours", new { hours }, ct);
}

public sealed record TimeSlice(DateTimeOffset Start, DateTimeOffset End);

public sealed record Allocation(
    Guid Id, string State, DateTimeOffset Start, DateTimeOffset End, Guid? BookingId, string? Reference, Dictionary<string, string>? ProcedureNames, string? Reason, DateTimeOffset? ExpiresAt);

public sealed record ResourceDay(Guid Id, string Name, string Kind, int Lane, string Status, int SlotMinutes, bool Demo, TimeSlice[] Open, Allocation[] Allocations);

public sealed record ClinicDay(DateOnly Date, string TimeZone, ResourceDay[] Resources);

public sealed record Appointment(
    Guid BookingId, string Reference, string State, DateTimeOffset Start, DateTimeOffset End, Dictionary<string, string> ProcedureNames, string? GivenNames, string? FamilyName,
    string? Citizenship, string? Culture, string[] Resources, bool Demo, DayVisit? Session = null);

/// <summary>Which appointment of a booking the day's list means.</summary>
public sealed record DayVisit(Guid SessionId, int Number, string Phase, string State);

public sealed record MarkedSession(Guid SessionId, Guid BookingId, int Number, string State, Guid? RepairId);

/// <summary>A session that has begun, and what staff may do with it.</summary>
public sealed record SessionMark(Guid SessionId, bool Markable, bool Undoable);

public sealed record ClinicToday(DateOnly Date, string TimeZone, Appointment[] Appointments, ResourceDay[] Resources);

public sealed record FoundBookings(Appointment[] Appointments, bool More);

public sealed record Block(Guid Id, Guid ResourceId, DateTimeOffset Start, DateTimeOffset End, string Reason);

/// <summary>An end at or before the start is on the next day. Weekday 1 is Monday.</summary>
public sealed record OpeningHours(int Weekday, TimeOnly From, TimeOnly To, DateOnly? ValidFrom = null, DateOnly? ValidTo = null, string? Note = null);

public sealed record ClinicResource(Guid Id, string Kind, string Name, int Lane, string TimeZone, string Status, int SlotMinutes, bool Demo, OpeningHours[] Hours);

public sealed record FilePatient(string GivenNames, string FamilyName, DateOnly DateOfBirth, string Citizenship, bool ForSelf);

public sealed record FileContact(string Email, string? Phone, string Culture, string? TimeZone, bool NeutralTitle);

public sealed record FileBooking(
    Guid Id, string Reference, string State, Guid OfferId, Dictionary<string, string> ProcedureNames, Dictionary<string, string> CenterNames, string TimeZone, DateTimeOffset Start,
    DateTimeOffset End, Money Price, Money Deposit, Money DepositPaid, Money Refund, Money? Refunded, FilePatient? Patient, FileContact? Contact, CancellationLimit[] Cancellation,
    DateTimeOffset? HoldExpiresAt, int Sequence, string? CancelledBy, DateTimeOffset PlacedAt, bool Demo, BookedSession[]? Sessions = null);

public sealed record FileAnswer(string QuestionId, string Value);

public sealed record FilePlace(Guid Id, string Name, string Kind);

public sealed record FileEvent(string Kind, string? From, string? To, string Actor, string? Detail, DateTimeOffset At);

/// <summary>A booking with the patient's answers and what happened to it.</summary>
public sealed record BookingFile(FileBooking Booking, FileAnswer[] Answers, FilePlace[] Resources, FileEvent[] Events, SessionMark[]? Marks = null);
