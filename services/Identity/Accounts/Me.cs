using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>Who is signed in, for whom they act, and for whom else they could.</summary>
public static class Me
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/me", HandleAsync);

    public sealed record Response(Guid AccountId, string Email, string? Name, string Culture, bool SecondFactor, OrganisationOfMine? ActsFor, IReadOnlyList<OrganisationOfMine> Organisations);

    public sealed record OrganisationOfMine(Guid Id, string Kind, string Name, string? ExternalRef, string[] Roles);

    private static async Task<IResult> HandleAsync(HttpContext http, IdentityDb db, CancellationToken ct)
    {
        var caller = http.Caller();
        if (!Guid.TryParse(caller.Subject, out var id) || await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == id, ct) is not { } account)
        {
            return Problems.NotFound("account-unknown", "There is no account of this caller.");
        }

        var mine = await db.Memberships.Where(m => m.AccountId == id).OrderBy(m => m.Organisation!.Name)
            .Select(m => new OrganisationOfMine(m.OrganisationId, m.Organisation!.Kind, m.Organisation.Name, m.Organisation.ExternalRef, m.Roles)).ToListAsync(ct);
        return TypedResults.Ok(new Response(
            id, account.Email!, account.Name, account.Culture, account.TwoFactorEnabled, mine.Find(o => o.Id == caller.OrganisationId), mine));
    }
}
