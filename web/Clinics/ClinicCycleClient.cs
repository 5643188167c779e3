using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics;

/// <summary>Booking, asked for a center's staff: cycles, and how many of them the laboratory takes in each week.</summary>
public sealed class ClinicCycleClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<Cycle[]>> CyclesAsync(CancellationToken ct) => GetAsync<Cycle[]>("clinic/cycles", ct);

    public Task<Answer<Cycle>> AcceptAsync(Guid id, int version, CancellationToken ct) => PostAsync<Cycle>($"clinic/cycles/{id}/accept", new { version }, ct);

    public Task<Answer<Cycle>> TriggerAsync(Guid id, DateTimeOffset at, CancellationToken ct) => PostAsync<Cycle>($"clinic/cycles/{id}/trigger", new { at }, ct);

    public Task<Answer<CyclePreview>> PreviewGiveUpAsync(Guid id, DateOnly day1, CancellationToken ct) => PostAsync<CyclePreview>($"clinic/cycles/{id}/give-up/preview", new { day1 }, ct);

    public Task<Answer<Cycle>> GiveUpAsync(Guid id, DateOnly day1, int version, CancellationToken ct) => PostAsync<Cycle>($"clinic/cycles/{id}/give-up", new { day1, version }, ct);

    public Task<Answer<CapacityWeek[]>> CapacityAsync(DateOnly? from, CancellationToken ct) => GetAsync<CapacityWeek[]>(Query("clinic/cycles/capacity", ("from", from)), ct);

    public Task<Answer<CapacityWeek[]>> SetCapacityAsync(string step, DateOnly from, DateOnly to, int capacity, CancellationToken ct) =>
        PutAsync<CapacityWeek[]>("clinic/cycles/capacity", new { step, from, to, capacity }, ct);
}

/// <summary>How many retrievals or transfers the laboratory takes in the week of a Monday, and how many patients keep a place.</summary>
public sealed record CapacityWeek(string Step, DateOnly Monday, int Capacity, int Kept);
