using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Organisations;

/// <summary>An administrator invites a person by e-mail; the link makes them a member. Who is one already has their roles changed instead.</summary>
public static class InviteMember
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/organisations/{id:guid}/invitations", HandleAsync).RequireRateLimiting("codes").Idempotent<IdentityDb>();

    public sealed record Request(string Email, string[]? Roles, string? Culture);

    private static async Task<IResult> HandleAsync(Guid id, Request request, HttpContext http, IdentityDb db, Links links, CancellationToken ct)
    {
        var roles = (request.Roles ?? []).Distinct().ToArray();
        if (Addresses.Read(request.Email) is not { } address)
        {
            return Problems.Fields(("email", "must be an e-mail address"));
        }

        return await db.InTransactionAsync(
            async () =>
            {
                if (await Administration.LockAsync(db, http, id, ct) is not { } admin)
                {
                    return Administration.Unknown();
                }

                if (!admin.Organisation.Knows(roles))
                {
                    return admin.Organisation.RolesWrong();
                }

                if (await Administration.IsMemberAsync(db, id, address, ct))
                {
                    return Problems.Conflict("already-member", "This person is a member already. Change their roles instead.");
                }

                await links.InviteAsync(admin.Organisation, address, Texts.Known(request.Culture) ?? "en", roles, ct);
                await db.AuditAsync("member-invited", null, ct, admin.Actor, id, string.Join(' ', roles));
                await db.SaveChangesAsync(ct);
                return TypedResults.Accepted((string?)null);
            },
            ct);
    }
}
