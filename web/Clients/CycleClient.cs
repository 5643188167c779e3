namespace MedTourism.Web.Clients;

/// <summary>Treatments that are no row of sessions: two trips with a healing gap, and cycles that follow the patient's own calendar.</summary>
public sealed class CycleClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<TripOptions>> TripsAsync(Guid planId, TripWishes preferences, string accessKey, CancellationToken ct) =>
        PostAsync<TripOptions>("trips/plan", new { planId, preferences }, ct, accessKey);

    public Task<Answer<Hold>> HoldTripsAsync(Guid optionId, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Hold>("trips/hold", new { optionId }, ct, accessKey, idempotencyKey);

    public Task<Answer<CyclePreview>> PreviewAsync(CycleSource source, DateOnly day1, CancellationToken ct) =>
        PostAsync<CyclePreview>("cycles/plan", new { source.OfferId, source.PlanId, day1 }, ct, source.AccessKey);

    public Task<Answer<ReservedCycle>> ReserveAsync(CycleSource source, DateOnly day1, string idempotencyKey, CancellationToken ct) =>
        PostAsync<ReservedCycle>("cycles", new { source.OfferId, source.PlanId, day1 }, ct, source.AccessKey, idempotencyKey);

    public Task<Answer<Cycle>> CycleAsync(Guid id, string accessKey, CancellationToken ct) => GetAsync<Cycle>($"cycles/{id}", ct, accessKey);

    public Task<Answer<Cycle>> StartedAsync(Guid id, DateOnly day1, string accessKey, CancellationToken ct) => PostAsync<Cycle>($"cycles/{id}/started", new { day1 }, ct, accessKey);
}

public sealed record TripWishes(DateOnly? FirstDayFrom = null, DateOnly? ReturnFrom = null, TimeOnly? StartFrom = null, TimeOnly? StartTo = null);

public sealed record Trip(DateOnly ArriveOn, DateOnly LeaveOn, int Days, PlanVisit[] Visits);

/// <summary>The stay of both trips together.</summary>
public sealed record TripStay(string NeedsVisa, int NeededDays, int LongestVisitDays, int? AllowedDays, int? DaysInWindow, int? MaxInWindow, DateOnly? ApplyBy, StayNote[]? Notes = null)
{
    /// <inheritdoc cref="Stay.TooLate"/>
    public bool TooLate => Notes?.Any(note => note.Code == StayNote.ApplyByPast) == true;
}

public sealed record TripOption(
    Guid OptionId, int Rank, Trip First, Trip Second, int GapDays, DateOnly EarliestReturn, DateOnly LatestReturn, TripStay? Stay, Reason[] Why);

public sealed record TripOptions(Guid PlanId, string TimeZone, DateTimeOffset OptionsExpireAt, TripOption[] Options, Reason? Refusal, string[] Sources);

/// <summary>What a cycle is made of: an offer, or a clinician's plan with its key.</summary>
public sealed record CycleSource(Guid? OfferId = null, Guid? PlanId = null, string? AccessKey = null);

/// <summary>Days are those of the center; ranges end where the longest stimulation would end.</summary>
public sealed record CycleDates(
    DateOnly? StimulationStart, DateTimeOffset? TriggerEarliest, DateTimeOffset? TriggerLatest, DateOnly StayFrom, DateOnly StayTo, DateOnly EarliestFlight, DateOnly LatestFlight,
    DateOnly? TestFrom, DateOnly? TestTo);

/// <summary><see cref="State"/> is that of its appointment, or <c>planned</c>.</summary>
public sealed record CycleStep(string Code, string Phase, DateTimeOffset Start, DateTimeOffset End, DateOnly Earliest, DateOnly Latest, bool IfNeeded, string State = "planned");

public sealed record CycleRoom(string Step, DateOnly Week, bool HasRoom);

public sealed record CyclePreview(DateOnly Day1, string TimeZone, CycleDates Plan, CycleStep[] Steps, CycleRoom[] Weeks, DateOnly? NextDay1, string[] Sources);

/// <summary><see cref="State"/> is <c>expected</c>, <c>started</c> or <c>triggered</c>; <see cref="Version"/> rises with each change of a step. <see cref="NextDay1"/>: When the next is expected if this is given up.</summary>
public sealed record Cycle(
    Guid Id, Guid? BookingId, string? Reference, string BookingState, string State, int Attempt, int Version, string TimeZone, DateOnly Day1, DateTimeOffset? TriggerAt, CycleDates Plan,
    CycleStep[] Steps, string[] Sources, CycleWeek[]? Weeks = null, DateOnly? NextDay1 = null)
{
    /// <summary>A frozen transfer has no stimulation, no scans and no trigger.</summary>
    public bool Frozen => Plan.StimulationStart is null;
}

/// <summary>A week of the laboratory that the cycle keeps, by its Monday.</summary>
public sealed record CycleWeek(string Step, DateOnly Week);

public sealed record ReservedCycle(Hold Hold, Cycle Cycle);
