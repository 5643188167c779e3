using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics;

/// <summary>Identity, asked for the people of the center that the signed-in admin administers.</summary>
public sealed class MemberClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<CenterPeople>> OfAsync(Guid organisation, CancellationToken ct) => GetAsync<CenterPeople>($"organisations/{organisation}/members", ct);
}

public sealed record CenterPeople(CenterPerson[] Members);

/// <summary>Without a name they have given none; addresses are not asked for.</summary>
public sealed record CenterPerson(Guid AccountId, string? Name);
