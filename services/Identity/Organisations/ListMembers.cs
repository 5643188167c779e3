using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>The people of one's own organisation, and who was invited and has not come yet; an invitation that ran out is told for as long as it is kept.</summary>
public static class ListMembers
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/organisations/{id:guid}/members", HandleAsync);

    public sealed record Response(Guid Id, string Kind, string Name, string[] KnownRoles, IReadOnlyList<Member> Members, IReadOnlyList<Invited> Invitations);

    public sealed record Member(Guid AccountId, string Email, string? Name, string[] Roles, bool SecondFactor, DateTimeOffset Since);

    public sealed record Invited(Guid Id, string Email, string[] Roles, DateTimeOffset ExpiresAt);

    private static async Task<IResult> HandleAsync(Guid id, HttpContext http, IdentityDb db, CancellationToken ct)
    {
        var organisation = await db.Organisations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, ct);
        if (http.Caller().OrganisationId != id || organisation is null || !Guid.TryParse(http.Caller().Subject, out var caller)
            || !await Administration.IsAdminAsync(db, organisation, caller, ct))
        {
            return Administration.Unknown();
        }

        var members = await db.Memberships.Where(m => m.OrganisationId == id)
            .Join(db.Users, m => m.AccountId, a => a.Id, (m, a) => new Member(a.Id, a.Email!, a.Name, m.Roles, a.TwoFactorEnabled, m.CreatedAt)).ToListAsync(ct);
        var invited = await db.AccountLinks.Where(l => l.OrganisationId == id && l.UsedAt == null)
            .OrderBy(l => l.CreatedAt).Select(l => new Invited(l.Id, l.Email, l.Roles, l.ExpiresAt)).ToListAsync(ct);
        return TypedResults.Ok(new Response(id, organisation.Kind, organisation.Name, Organisation.RolesOf[organisation.Kind], [.. members.OrderBy(m => m.Email)], invited));
    }
}
