using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics;

/// <summary>Booking, asked for a center's staff: treatment plans, machines that fail and what is done about it, gaps, and who waits.</summary>
public sealed class ClinicCourseClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<TreatmentPlan[]>> PlansAsync(CancellationToken ct) => GetAsync<TreatmentPlan[]>("clinic/treatment-plans", ct);

    public Task<Answer<OrderableOffer[]>> OrderableAsync(CancellationToken ct) => GetAsync<OrderableOffer[]>("clinic/treatment-plans/offers", ct);

    public Task<Answer<PlanDefaults>> DefaultsAsync(Guid offer, CancellationToken ct) => GetAsync<PlanDefaults>(Query("clinic/treatment-plans/defaults", ("offer", offer)), ct);

    public Task<Answer<TreatmentPlan>> IssueAsync(NewPlan plan, string idempotencyKey, CancellationToken ct) => PostAsync<TreatmentPlan>("clinic/treatment-plans", plan, ct, null, idempotencyKey);

    public Task<Answer<TreatmentPlan>> WithdrawAsync(Guid id, CancellationToken ct) => PostAsync<TreatmentPlan>($"clinic/treatment-plans/{id}/withdraw", null, ct);

    public Task<Answer<Outage[]>> OutagesAsync(CancellationToken ct) => GetAsync<Outage[]>("clinic/outages", ct);

    public Task<Answer<Outage>> MarkDownAsync(Guid resourceId, DateTimeOffset from, DateTimeOffset to, string reason, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Outage>("clinic/outages", new { resourceId, from, to, reason }, ct, null, idempotencyKey);

    public Task<Answer<Nothing>> EndOutageAsync(Guid id, CancellationToken ct) => PostAsync<Nothing>($"clinic/outages/{id}/end", null, ct);

    public Task<Answer<RepairLine[]>> RepairsAsync(CancellationToken ct) => GetAsync<RepairLine[]>("clinic/repairs", ct);

    public Task<Answer<RepairDetail>> RepairAsync(Guid id, CancellationToken ct) => GetAsync<RepairDetail>($"clinic/repairs/{id}", ct);

    /// <summary>What staff do with a repair: <c>choose</c>, <c>approve</c>, <c>apply</c>, <c>undo</c>, <c>replan</c>.</summary>
    public Task<Answer<RepairDetail>> ActAsync(Guid id, string what, object? body, CancellationToken ct) => PostAsync<RepairDetail>($"clinic/repairs/{id}/{what}", body, ct);

    public Task<Answer<RepairDetail>> ResolveAsync(Guid id, Guid booking, string resolution, long? refundMinor, CancellationToken ct) =>
        PostAsync<RepairDetail>($"clinic/repairs/{id}/patients/{booking}/resolve", new { resolution, refundMinor }, ct);

    public Task<Answer<GuardedCourse[]>> GapGuardAsync(CancellationToken ct) => GetAsync<GuardedCourse[]>("clinic/gap-guard", ct);

    public Task<Answer<CoursePolicy>> PolicyAsync(CancellationToken ct) => GetAsync<CoursePolicy>("clinic/course-policy", ct);

    public Task<Answer<CoursePolicy>> SwitchPolicyAsync(bool scarcity, CancellationToken ct) => PutAsync<CoursePolicy>("clinic/course-policy", new { scarcity }, ct);

    public Task<Answer<ClinicWaitlist>> WaitlistAsync(CancellationToken ct) => GetAsync<ClinicWaitlist>("clinic/waitlist", ct);
}

public sealed record PlanPlanning(string[] ResourceKinds, int Minutes, int MinWorkingDays, int MaxWorkingDays);

public sealed record PlanCatchUp(int SecondSessionAfterHours, bool Weekend);

/// <summary>How sessions follow each other; 0 means that there is no such rule.</summary>
public sealed record PlanPattern(
    int Sessions, int SessionMinutes, string Cadence, string[] ResourceKinds, int FirstSessionMinutes = 0, int MinHoursBetween = 0, int MaxGapDays = 0, int MinPerWeek = 0, int[]? StartWeekdays = null,
    int StartBlock = 0, int CycleMinDays = 0, int CycleMaxDays = 0, string Machine = "same", TimeOnly? EarliestStart = null, TimeOnly? LatestStart = null, PlanPlanning? Planning = null,
    PlanCatchUp? CatchUp = null, int MaxProlongationDays = 0, PlanTrips? Trips = null, PlanIvf? Ivf = null);

/// <summary>At least so many days after the visit before.</summary>
public sealed record TripVisit(int Minutes, int AfterDays = 0);

public sealed record PlanTrips(
    string? Jaw, int GraftDays, TripVisit[] First, TripVisit[] Second, int? GapMinDays, int? GapMaxDays, int? FirstStayDays, int? SecondStayDays, int? FlyAfterDays);

public sealed record JawDefaults(PlanTrips Lower, PlanTrips Upper);

/// <summary>The steps of an IVF cycle in days from its day 1; a frozen transfer has no retrieval and its transfer on a day of the cycle.</summary>
public sealed record PlanIvf(
    bool Retrieval, int? TransferDay, int? TransferCycleDay, int StimulationStartDay, int StimulationMinDays, int StimulationMaxDays, TimeOnly TriggerTime, int HoursToRetrieval, int[] MonitoringEvery,
    TimeOnly MonitoringTime, TimeOnly TransferTime, int MonitoringMinutes, int RetrievalMinutes, int TransferMinutes, int FlyAfterDays, int TestFromDays, int TestToDays, int NextCycleDays);

/// <summary>A treatment a plan can be issued for. Kind: <c>course</c>, <c>trips</c> or <c>cycle</c>.</summary>
public sealed record OrderableOffer(Guid OfferId, Dictionary<string, string> ProcedureNames, string Kind);

public sealed record PlanKind(string Name, int Open, int SlotMinutes, bool Matched);

public sealed record PlanDefaults(
    Guid OfferId, Dictionary<string, string> ProcedureNames, string? PatternId, PlanPattern Pattern, int? FewestSessions, int? MostSessions, int? PlanningMinWorkingDays, int? PlanningMaxWorkingDays,
    long PriceMinor, long DepositMinor, string Currency, Dictionary<string, string>? Basis, PlanKind[] Kinds, JawDefaults? Trips = null, PlanIvf? Ivf = null);

public sealed record NewPlanPatient(string FamilyName, string GivenNames, DateOnly? DateOfBirth, string Citizenship);

public sealed record NewPlanContact(string Email, string? Phone, string Culture, bool NeutralTitle = false);

public sealed record NewPlan(
    Guid OfferId, PlanPattern Pattern, long PriceMinor, long DepositMinor, DateTimeOffset ValidUntil, DateOnly? ReadyOn, DateOnly? DueOn, int Priority, NewPlanPatient Patient, NewPlanContact Contact);

public sealed record Outage(Guid Id, Guid ResourceId, string Resource, DateTimeOffset From, DateTimeOffset? To, string Reason, DateTimeOffset? EndedAt, Guid? RepairId, int HoldsReleased);

public sealed record RepairLine(Guid Id, string Cause, string State, string? Resource, DateTimeOffset? From, DateTimeOffset? To, string? Reason, int Patients, int NeedClinician, DateTimeOffset PlannedAt);

public sealed record RepairTotals(
    int Patients, int Repaired, int Impossible, int SessionsLost, int SessionsMoved, int KeptThisWeek, int LongestPauseDays, int SecondSessions, int WeekendSessions, int OtherMachine, double ExtraStaffHours,
    int LastDayMoves, int MostDaysLater, int BeyondVisaFree, int NeedClinician);

public sealed record RepairMove(int Number, string Phase, DateTimeOffset OldStart, Guid[] OldResources, DateTimeOffset NewStart, Guid[] NewResources, string How);

public sealed record ClinicalFlag(string Code, int Session, DateOnly Date, int Found, int Limit);

/// <summary>What stands in the way of a session on one machine. Kind: as the reasons of plans.</summary>
public sealed record RepairObstacle(string Kind, string Resource, string? Reason, DateTimeOffset From, DateTimeOffset To);

public sealed record RepairRefusal(string Code, int Session, string? Rule, int Found, int Limit, RepairObstacle[]? Obstacles = null);

public sealed record RepairPatientPlan(Guid BookingId, RepairMove[] Moves, DateTimeOffset OldEnd, DateTimeOffset NewEnd, StayEffect? Stay, ClinicalFlag[] Clinical, RepairRefusal[] Refusals);

public sealed record RepairProposal(string Key, RepairTotals Totals, RepairPatientPlan[] Patients);

public sealed record RepairProgress(string State, bool NeedsClinician, string? ApprovedBy, DateTimeOffset? AnswerBy, string? Wish, string? Resolution, RepairRefusal? Refusal);

public sealed record RepairPerson(
    Guid BookingId, string Reference, string? GivenNames, string? FamilyName, string? Citizenship, Dictionary<string, string> ProcedureNames, RepairProgress? Progress,
    RepairOption[]? Options = null);

public sealed record RepairResource(Guid Id, string Name);

public sealed record RepairDetail(
    Guid Id, string Cause, string State, Outage? Outage, RepairProposal[] Proposals, string? Chosen, RepairPerson[] Patients, RepairResource[] Resources, Guid? ReplacedBy, DateTimeOffset PlannedAt,
    DateTimeOffset ServerNow);

public sealed record GuardFigures(int Delivered, int Unmarked, int Missed, int Ahead, int WithoutMachine, DateOnly? LastOn, DateOnly? NextOn, int DaysSince, int MaxGapDays, int? DaysLeft, int LongerBy, int MaxProlongationDays, string GapStatus, string ProlongationStatus);

public sealed record GuardedCourse(Guid BookingId, string Reference, string? GivenNames, string? FamilyName, Dictionary<string, string> ProcedureNames, GuardFigures Course, Guid? RepairId, bool Demo);

/// <summary>Since and by (an account's subject): Of the last switch, if there was one.</summary>
public sealed record CoursePolicy(bool Scarcity, DateTimeOffset? Since, string? By);

public sealed record WaitingOffer(Guid OfferId, Dictionary<string, string> ProcedureNames, int Waiting, int Offered);

public sealed record WaitingEntry(Guid Id, Guid OfferId, string State, string? Initials, string? Country, bool ByAgency, DateOnly From, DateOnly To, int Lapses, DateTimeOffset JoinedAt);

public sealed record ClinicWaitlist(int Waiting, int Offered, WaitingOffer[] Offers, WaitingEntry[] Entries);
