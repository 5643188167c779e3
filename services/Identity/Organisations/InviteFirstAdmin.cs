using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>
/// The operator invites the administrator of an organisation that has none: the first letter was lost, went to a wrong address or ran out. From the
/// first administrator on, its people are the organisation's own affair.
/// </summary>
public static class InviteFirstAdmin
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/organisations/{id:guid}/first-administrator", HandleAsync).RequireOrganisation("operator").RequireRateLimiting("codes").Idempotent<IdentityDb>();

    public sealed record Request(string? Email, string? Culture);

    private static async Task<IResult> HandleAsync(Guid id, Request request, HttpContext http, IdentityDb db, Links links, CancellationToken ct)
    {
        if (Addresses.Read(request.Email) is not { } address)
        {
            return Problems.Fields(("email", "must be an e-mail address"));
        }

        return await db.InTransactionAsync<IResult>(
            async () =>
            {
                if (await Administration.LockAsync(db, id, ct) is not { } organisation)
                {
                    return Problems.NotFound("organisation-unknown", "There is no such organisation.");
                }

                if (await Administration.AnyAdminAsync(db, organisation, ct))
                {
                    return Problems.Conflict("has-administrator", "This organisation has an administrator, who invites its people.");
                }

                await SendAsync(db, links, organisation, address, Texts.Known(request.Culture) ?? "en", ct);
                var actor = Guid.TryParse(http.Caller().Subject, out var subject) ? subject : (Guid?)null;
                await db.AuditAsync("member-invited", null, ct, actor, id, organisation.AdminRole);
                await db.SaveChangesAsync(ct);
                return TypedResults.Accepted((string?)null);
            },
            ct);
    }

    /// <summary>Whoever was to administer it before is not invited any more: the address may have been a stranger's. Call it under the lock of the organisation.</summary>
    internal static async Task<string?> SendAsync(IdentityDb db, Links links, Organisation organisation, string email, string culture, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"UPDATE account_links SET used_at = now() WHERE organisation_id = {organisation.Id} AND {organisation.AdminRole} = ANY (roles) AND used_at IS NULL", ct);
        return await links.InviteAsync(organisation, email, culture, [organisation.AdminRole], ct);
    }
}
