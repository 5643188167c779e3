using System.Text.Json;

namespace MedTourism.Web.Clients;

/// <summary>Dates for a whole course: what a clinician ordered, the plans for it, and keeping one.</summary>
public sealed class CourseClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<TreatmentPlan>> PlanAsync(Guid id, string accessKey, CancellationToken ct) => GetAsync<TreatmentPlan>($"treatment-plans/{id}", ct, accessKey);

    public Task<Answer<CourseOptions>> OptionsAsync(Guid planId, CourseWishes preferences, string accessKey, CancellationToken ct) =>
        PostAsync<CourseOptions>("courses/plan", new { planId, preferences }, ct, accessKey);

    public Task<Answer<Hold>> HoldAsync(Guid optionId, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Hold>("courses/hold", new { optionId }, ct, accessKey, idempotencyKey);

    /// <summary>What the entry rules on file say about these days, for the patient and, if a citizenship is given, for who comes along.</summary>
    /// <summary>In the body, because addresses are logged.</summary>
    /// <summary>Of one trip, or of two: then <paramref name="second"/> has the days of the second.</summary>
    public Task<Answer<StayAnswer>> StayAsync(
        string citizenship, DateOnly from, DateOnly to, CancellationToken ct, string? companion = null, DateOnly? passportUntil = null, (DateOnly From, DateOnly To)? second = null) =>
        PostAsync<StayAnswer>("stay-check", new { citizenship, from, to, from2 = second?.From, to2 = second?.To, companion, passportUntil }, ct);
}

public sealed record CoursePatternView(int Sessions, int SessionMinutes, string Cadence, TripPatternView? Trips = null, CyclePatternView? Ivf = null);

public sealed record TripPatternView(string? Jaw, int GraftDays, int GapMinDays, int GapMaxDays, int FlyAfterDays);

/// <summary>Without retrieval it is a frozen transfer, on that day of the cycle.</summary>
public sealed record CyclePatternView(bool Retrieval = true, int? TransferDay = null, int? TransferCycleDay = null)
{
    /// <summary><c>fresh</c>, <c>freeze</c> (embryos are frozen, the transfer is another cycle) or <c>frozen</c>.</summary>
    public string Kind => !Retrieval ? "frozen" : TransferDay is null ? "freeze" : "fresh";
}

/// <summary>State: <c>issued</c>, <c>held</c>, <c>booked</c>, <c>withdrawn</c> or <c>expired</c>. A held plan may have its booking already, waiting for the deposit.</summary>
public sealed record TreatmentPlan(
    Guid Id, string State, Guid OfferId, Dictionary<string, string> ProcedureNames, string CenterId, Dictionary<string, string> CenterNames, string TimeZone, CoursePatternView Pattern,
    Money Price, Money Deposit, DateTimeOffset ValidUntil, DateTimeOffset ServerNow, DateOnly ReadyOn, PlanPatient? Patient, PlanContact? Contact, Guid? HoldId, DateTimeOffset? HoldExpiresAt,
    Guid? BookingId, bool Demo, DateOnly? DueOn = null, int Priority = 3, DateTimeOffset? IssuedAt = null);

public sealed record PlanPatient(string FamilyName, string GivenNames, DateOnly DateOfBirth, string Citizenship);

public sealed record PlanContact(string Email, string? Phone, string Culture, bool NeutralTitle);

public sealed record CourseWishes(DateOnly? FirstDayFrom = null, DateOnly? LastDayBy = null, TimeOnly? StartFrom = null, TimeOnly? StartTo = null, int? MaxStayDays = null);

/// <summary>Why something is as it is: a stable code with its parameters, and an English sentence.</summary>
public sealed record Reason(string Code, Dictionary<string, JsonElement> Parameters, string Text)
{
    /// <summary>What stands in the way of a time on one machine.</summary>
    public static Reason Of(string kind, string resource, string? reason, DateTimeOffset from, DateTimeOffset to) =>
        new(kind, JsonSerializer.SerializeToElement(new { resource, reason = reason ?? "", from, to }).Deserialize<Dictionary<string, JsonElement>>()!, $"{resource}: {kind}");

    public string Word(string name) => Parameters.TryGetValue(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()
        : "";

    public DateOnly? Day(string name) => DateOnly.TryParse(Word(name), System.Globalization.CultureInfo.InvariantCulture, out var day) ? day : null;

    public DateTimeOffset? Moment(string name) => DateTimeOffset.TryParse(Word(name), System.Globalization.CultureInfo.InvariantCulture, out var moment) ? moment : null;
}

public sealed record PlanVisit(int Number, string Phase, DateTimeOffset Start, DateTimeOffset End, string? Machine);

public sealed record PlanGap(DateOnly After, DateOnly Until, int Days, Reason[] Reasons);

public sealed record CourseOption(
    Guid OptionId, int Rank, PlanVisit[] Sessions, DateOnly FirstDay, DateOnly LastDay, DateOnly ArriveOn, DateOnly LeaveOn, int DaysInCountry, PlanGap[] Gaps, int LongestGapDays, int LostDays,
    TimeOnly UsualStart, int HourDeviationMinutes, int MachineChanges, int? DaysLate, bool FitsLimits, Reason[] Why);

public sealed record PlanRefusal(Reason Reason, DateOnly[] Days);

public sealed record PlanRelaxation(Reason Reason, bool Clinical, DateOnly FirstDay, DateOnly LastDay);

public sealed record CourseOptions(CourseOption[] Options, PlanRefusal[] Refusals, PlanRelaxation[] Relaxations, DateTimeOffset? OptionsExpireAt = null);

/// <summary>Date: When the source was published, as far as it says.</summary>
public sealed record StaySource(string Key, string Url, string Date);

public sealed record StayNote(string Code, string Text, StaySource? Source, Dictionary<string, JsonElement>? With = null)
{
    public const string ApplyByPast = "apply-by-past";
}

public sealed record StayRule(DateOnly ValidFrom, DateOnly? ValidTo, string? Source, string? SourceUrl, DateOnly CheckedOn);

/// <summary>NeedsVisa: <c>yes</c>, <c>no</c> or <c>unknown</c>. Passport: <c>unknown</c>, <c>enough</c>, <c>short</c> or <c>expires</c>. Days left: how much longer the stay could be.</summary>
public sealed record Stay(
    string Citizenship, string NeedsVisa, int NeededDays, int? AllowedDays, DateOnly? ApplyBy, StayNote[] Notes, int? DaysInWindow = null, int? MaxInWindow = null, int? WindowDays = null,
    int? DaysLeft = null, string Passport = "unknown", StayRule? Rule = null)
{
    /// <summary>The last day to ask for the visa's invitation is past.</summary>
    public bool TooLate => Notes.Any(note => note.Code == StayNote.ApplyByPast);
}

public sealed record StayAnswer(Stay Patient, Stay? Companion);
