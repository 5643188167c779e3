using MedTourism.Web.Clients;

namespace MedTourism.Web.Operator.Organisations;

/// <summary>Identity, asked by the operator: which organisations there are, and letting in new ones.</summary>
public sealed class OrganisationClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<OrganisationList>> ListAsync(string? kind, int page, CancellationToken ct) => GetAsync<OrganisationList>(Query("organisations", ("kind", kind), ("page", page)), ct);

    public Task<Answer<OrganisationItem>> FindAsync(Guid organisation, CancellationToken ct) => GetAsync<OrganisationItem>($"organisations/{organisation}", ct);

    public Task<Answer<Nothing>> CreateAsync(string kind, string name, string? externalRef, string adminEmail, string culture, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Nothing>("organisations", new { kind, name, externalRef, adminEmail, culture }, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Nothing>> InviteFirstAdminAsync(Guid organisation, string email, string culture, string idempotencyKey, CancellationToken ct) =>
        PostAsync<Nothing>($"organisations/{organisation}/first-administrator", new { email, culture }, ct, idempotencyKey: idempotencyKey);
}

public sealed record OrganisationList(int Total, int Page, int Size, OrganisationItem[] Items, Dictionary<string, int> Totals);

/// <summary><see cref="FirstAdministrator"/>: who was invited to administer it, while nobody does.</summary>
public sealed record OrganisationItem(
    Guid Id, string Kind, string Name, string? ExternalRef, bool Demo, DateTimeOffset CreatedAt, int Members, bool Administered, FirstAdministrator? FirstAdministrator);

public sealed record FirstAdministrator(string Email, DateTimeOffset ExpiresAt);
