using MedTourism.Identity.Accounts;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>An administrator has an invitation sent again. Only the hash of a link is kept, so the new letter has a new one and the old one ends.</summary>
public static class ResendInvitation
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/organisations/{id:guid}/invitations/{invitation:guid}/resend", HandleAsync).RequireRateLimiting("codes").Idempotent<IdentityDb>();

    private static Task<IResult> HandleAsync(Guid id, Guid invitation, HttpContext http, IdentityDb db, Links links, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            if (await Administration.LockAsync(db, http, id, ct) is not { } admin)
            {
                return Administration.Unknown();
            }

            if (await db.AccountLinks.AsNoTracking().SingleOrDefaultAsync(l => l.Id == invitation && l.OrganisationId == id && l.UsedAt == null, ct) is not { } link)
            {
                return Administration.InvitationUnknown();
            }

            await links.InviteAsync(admin.Organisation, link.Email, link.Culture, link.Roles, ct);
            await db.AuditAsync("member-invited", null, ct, admin.Actor, id, string.Join(' ', link.Roles));
            await db.SaveChangesAsync(ct);
            return TypedResults.Accepted((string?)null);
        },
        ct);
}
