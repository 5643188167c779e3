using MedTourism.Web.Clients;

namespace MedTourism.Web.Agencies;

/// <summary>Booking, asked for the signed-in member of an agency: the patients it lets wait for time.</summary>
public sealed class AgencyWaitlistClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<AgencyWait[]>> ListAsync(CancellationToken ct) => GetAsync<AgencyWait[]>("agency/waitlist", ct);

    public Task<Answer<JoinedWaitlist>> JoinAsync(WaitlistRequest request, string idempotencyKey, CancellationToken ct) => PostAsync<JoinedWaitlist>("waitlist", request, ct, null, idempotencyKey);

    /// <summary>The live offer's hold, with a key of its own to book it with.</summary>
    public Task<Answer<Hold>> ClaimAsync(Guid entry, CancellationToken ct) => PostAsync<Hold>($"waitlist/{entry}/claim", null, ct);

    public Task<Answer<WaitlistPlace>> DeclineAsync(Guid entry, Guid? holdId, CancellationToken ct) => PostAsync<WaitlistPlace>($"waitlist/{entry}/decline", new { holdId }, ct);

    public Task<Answer<Nothing>> LeaveAsync(Guid entry, CancellationToken ct) => DeleteAsync<Nothing>($"waitlist/{entry}", ct);
}

/// <summary>Names are gone once the entry is over.</summary>
public sealed record AgencyWait(WaitlistPlace Entry, string? GivenNames, string? FamilyName);
