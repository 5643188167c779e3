using MedTourism.Identity.Accounts;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>An administrator takes an invitation back: its link opens nothing any more.</summary>
public static class TakeBackInvitation
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapDelete("/organisations/{id:guid}/invitations/{invitation:guid}", HandleAsync).RequireRateLimiting("write");

    private static Task<IResult> HandleAsync(Guid id, Guid invitation, HttpContext http, IdentityDb db, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            if (await Administration.LockAsync(db, http, id, ct) is not { } admin)
            {
                return Administration.Unknown();
            }

            // One statement decides between taking back and accepting.
            var ended = await db.Database.ExecuteSqlAsync(
                $"UPDATE account_links SET used_at = now() WHERE id = {invitation} AND organisation_id = {id} AND used_at IS NULL", ct);
            if (ended == 0)
            {
                return Administration.InvitationUnknown();
            }

            await db.AuditAsync("invitation-taken-back", null, ct, admin.Actor, id);
            return TypedResults.NoContent();
        },
        ct);
}
