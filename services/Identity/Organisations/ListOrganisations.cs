using System.Text.Json.Serialization;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>All organisations for the operator, newest first, page by page, or one of them. Of their people only the number is told; an organisation that nobody administers tells who was invited to.</summary>
public static class ListOrganisations
{
    private const int Size = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/organisations", HandleAsync).RequireOrganisation("operator").RequireRateLimiting("search");
        app.MapGet("/organisations/{id:guid}", HandleOneAsync).RequireOrganisation("operator").RequireRateLimiting("search");
    }

    public sealed record Page(int Total, [property: JsonPropertyName("page")] int Number, int Size, OrganisationView[] Items, Dictionary<string, int> Totals);

    public sealed record OrganisationView(
        Guid Id, string Kind, string Name, string? ExternalRef, bool Demo, DateTimeOffset CreatedAt, int Members, bool Administered, Invited? FirstAdministrator);

    public sealed record Invited(string Email, DateTimeOffset ExpiresAt);

    private static async Task<Ok<Page>> HandleAsync(string? kind, int? page, IdentityDb db, CancellationToken ct)
    {
        var number = Math.Clamp(page ?? 1, 1, 100_000);
        var totals = await db.Organisations.GroupBy(o => o.Kind).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, ct);
        var chosen = kind is { Length: > 0 } ? db.Organisations.Where(o => o.Kind == kind) : db.Organisations;
        var shown = await chosen.AsNoTracking().OrderByDescending(o => o.CreatedAt).ThenBy(o => o.Id).Skip((number - 1) * Size).Take(Size).ToListAsync(ct);
        return TypedResults.Ok(new Page(
            kind is { Length: > 0 } ? totals.GetValueOrDefault(kind) : totals.Values.Sum(), number, Size, await ViewAsync(db, shown, ct), totals));
    }

    private static async Task<IResult> HandleOneAsync(Guid id, IdentityDb db, CancellationToken ct) =>
        await ViewAsync(db, await db.Organisations.AsNoTracking().Where(o => o.Id == id).ToListAsync(ct), ct) is [var one]
            ? TypedResults.Ok(one)
            : Problems.NotFound("organisation-unknown", "There is no such organisation.");

    private static async Task<OrganisationView[]> ViewAsync(IdentityDb db, List<Organisation> shown, CancellationToken ct)
    {
        var ids = shown.ConvertAll(o => o.Id);
        var members = (await db.Memberships.Where(m => ids.Contains(m.OrganisationId)).Select(m => new { m.OrganisationId, m.Roles }).ToListAsync(ct)).ToLookup(m => m.OrganisationId, m => m.Roles);
        var invited = (await db.AccountLinks.Where(l => l.OrganisationId != null && ids.Contains(l.OrganisationId.Value) && l.UsedAt == null).OrderByDescending(l => l.CreatedAt)
            .Select(l => new { l.OrganisationId, l.Roles, l.Email, l.ExpiresAt }).ToListAsync(ct)).ToLookup(l => l.OrganisationId);
        return [.. shown.Select(o =>
        {
            var administered = members[o.Id].Any(roles => roles.Contains(o.AdminRole));
            var first = administered ? null : invited[o.Id].FirstOrDefault(l => l.Roles.Contains(o.AdminRole));
            return new OrganisationView(
                o.Id, o.Kind, o.Name, o.ExternalRef, o.Demo, o.CreatedAt, members[o.Id].Count(), administered, first is null ? null : new Invited(first.Email, first.ExpiresAt));
        })];
    }
}
