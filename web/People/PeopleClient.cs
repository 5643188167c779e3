using MedTourism.Web.Clients;

namespace MedTourism.Web.People;

/// <summary>Identity, asked for the people of the organisation that the signed-in person administers, and for that person.</summary>
public sealed class PeopleClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<Team>> OfAsync(Guid organisation, CancellationToken ct) => GetAsync<Team>($"organisations/{organisation}/members", ct);

    public Task<Answer<Me>> MeAsync(CancellationToken ct) => GetAsync<Me>("me", ct);

    public Task<Answer<Me>> ChangeNameAsync(string name, CancellationToken ct) => PutAsync<Me>("me/name", new { name }, ct);

    public Task<Answer<Nothing>> InviteAsync(Guid organisation, string email, string[] roles, string culture, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Nothing>($"organisations/{organisation}/invitations", new { email, roles, culture }, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Nothing>> ResendAsync(Guid organisation, Guid invitation, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Nothing>($"organisations/{organisation}/invitations/{invitation}/resend", null, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Nothing>> TakeBackAsync(Guid organisation, Guid invitation, CancellationToken ct) => DeleteAsync<Nothing>($"organisations/{organisation}/invitations/{invitation}", ct);

    public Task<Answer<Nothing>> ChangeAsync(Guid organisation, Guid account, string[] roles, CancellationToken ct) => PutAsync<Nothing>($"organisations/{organisation}/members/{account}", new { roles }, ct);

    public Task<Answer<Nothing>> RemoveAsync(Guid organisation, Guid account, CancellationToken ct) => DeleteAsync<Nothing>($"organisations/{organisation}/members/{account}", ct);

    public Task<Answer<Nothing>> ResetSecondFactorAsync(Guid organisation, Guid account, CancellationToken ct) =>
        PostAsync<Nothing>($"organisations/{organisation}/members/{account}/reset-second-factor", null, ct);
}

/// <summary>Everybody of an organisation. Of <see cref="KnownRoles"/> the first one administers it.</summary>
public sealed record Team(Guid Id, string Kind, string Name, string[] KnownRoles, Member[] Members, Invited[] Invitations)
{
    public string AdminRole => KnownRoles[0];

    public bool IsLastAdmin(Member member) => member.Roles.Contains(AdminRole) && Members.Count(one => one.Roles.Contains(AdminRole)) == 1;
}

public sealed record Member(Guid AccountId, string Email, string? Name, string[] Roles, bool SecondFactor, DateTimeOffset Since)
{
    public string Called => Name is { Length: > 0 } ? Name : Email;
}

/// <summary>The signed-in person as Identity knows them now; an older session may not have their name yet.</summary>
public sealed record Me(string? Name, string? Email);

public sealed record Invited(Guid Id, string Email, string[] Roles, DateTimeOffset ExpiresAt);
