using System.Net.Mail;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>An administrator invites a person by e-mail; the link makes them a member.</summary>
public static class InviteMember
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/organisations/{id:guid}/invitations", HandleAsync).RequireRateLimiting("codes");

    public sealed record Request(string Email, string[] Roles, string? Culture);

    private static async Task<IResult> HandleAsync(Guid id, Request request, HttpContext http, IdentityDb db, Links links, CancellationToken ct)
    {
        if (!MailAddress.TryCreate(request.Email, out var address))
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

                if (!admin.Organisation.Knows(request.Roles))
                {
                    return Problems.Fields(("roles", $"must be one or more of: {string.Join(", ", Organisation.RolesOf[admin.Organisation.Kind])}"));
                }

                // A second invitation replaces the first, so that roles taken back before it was accepted stay taken back.
                await db.Database.ExecuteSqlAsync(
                    $"UPDATE account_links SET used_at = now() WHERE organisation_id = {id} AND upper(email) = upper({address.Address}) AND used_at IS NULL", ct);
                await links.SendAsync("invitation", address.Address, Texts.Known(request.Culture) ?? "en", null, ct, admin.Organisation, request.Roles);
                await db.AuditAsync("member-invited", null, ct, admin.Actor, id, string.Join(' ', request.Roles));
                await db.SaveChangesAsync(ct);
                return TypedResults.Accepted((string?)null);
            },
            ct);
    }
}
