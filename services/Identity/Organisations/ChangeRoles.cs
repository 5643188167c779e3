using MassTransit;
using MedTourism.Contracts.Identity;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Bridge;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>An administrator changes what a member may do, removes them, or lets them set up their second factor again.</summary>
public static class ChangeRoles
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPut("/organisations/{id:guid}/members/{account:guid}", (Guid id, Guid account, Request request, Members members, CancellationToken ct) =>
            members.ChangeAsync(id, account, request.Roles, ct)).RequireRateLimiting("write");
        app.MapDelete("/organisations/{id:guid}/members/{account:guid}", (Guid id, Guid account, Members members, CancellationToken ct) =>
            members.SetAsync(id, account, [], ct)).RequireRateLimiting("write");
        app.MapPost("/organisations/{id:guid}/members/{account:guid}/reset-second-factor", (Guid id, Guid account, Members members, CancellationToken ct) =>
            members.ResetSecondFactorAsync(id, account, ct)).RequireRateLimiting("write");
    }

    public sealed record Request(string[]? Roles);

    public sealed class Members(IdentityDb db, IPublishEndpoint bus, EngineBridge engine, IHttpContextAccessor accessor, TimeProvider clock)
    {
        /// <summary>Someone without roles is removed by name, not by leaving the roles out.</summary>
        public Task<IResult> ChangeAsync(Guid id, Guid account, string[]? roles, CancellationToken ct) => roles is null or []
            ? Task.FromResult<IResult>(Problems.Fields(("roles", "must name at least one role; to remove a member, delete it")))
            : SetAsync(id, account, [.. roles.Distinct()], ct);

        /// <summary>No roles means that they leave.</summary>
        public async Task<IResult> SetAsync(Guid id, Guid account, string[] roles, CancellationToken ct)
        {
            var refusal = await db.InTransactionAsync(
                async () =>
                {
                    if (await Administration.LockAsync(db, accessor.HttpContext!, id, ct) is not { } admin)
                    {
                        return Administration.Unknown();
                    }

                    if (roles.Length > 0 && !admin.Organisation.Knows(roles))
                    {
                        return admin.Organisation.RolesWrong();
                    }

                    if (await IsDemoAsync(account, ct))
                    {
                        return DemoStays();
                    }

                    if (!roles.Contains(admin.Organisation.AdminRole) && !await Administration.AnotherAdminAsync(db, admin.Organisation, account, ct))
                    {
                        return Administration.LastAdmin();
                    }

                    var changed = roles.Length == 0
                        ? await db.Memberships.Where(m => m.OrganisationId == id && m.AccountId == account).ExecuteDeleteAsync(ct)
                        : await db.Memberships.Where(m => m.OrganisationId == id && m.AccountId == account).ExecuteUpdateAsync(set => set.SetProperty(m => m.Roles, roles), ct);
                    if (changed == 0)
                    {
                        return Problems.NotFound("member-unknown", "This person is not a member.");
                    }

                    await db.AuditAsync(roles.Length == 0 ? "member-removed" : "roles-changed", account, ct, admin.Actor, id, string.Join(' ', roles));
                    await bus.PublishFor(id, new MemberChanged(id, account, roles, clock.GetUtcNow()), ct);
                    await db.SaveChangesAsync(ct);
                    return (IResult?)null;
                },
                ct);
            return refusal ?? await EndSessionsAsync(account, ct);
        }

        public async Task<IResult> ResetSecondFactorAsync(Guid id, Guid account, CancellationToken ct)
        {
            var refusal = await db.InTransactionAsync(
                async () =>
                {
                    if (await Administration.LockAsync(db, accessor.HttpContext!, id, ct) is not { } admin)
                    {
                        return Administration.Unknown();
                    }

                    if (await IsDemoAsync(account, ct))
                    {
                        return DemoStays();
                    }

                    // Somebody who also works elsewhere is not ours alone: their other organisation would lose its second factor too.
                    var rows = await db.Database.ExecuteSqlAsync(
                        $"""
                        UPDATE accounts SET totp_secret = NULL, two_factor_enabled = false, totp_last_step = NULL
                        WHERE id = {account} AND id <> {admin.Actor}
                          AND EXISTS (SELECT FROM memberships WHERE organisation_id = {id} AND account_id = {account})
                          AND NOT EXISTS (SELECT FROM memberships WHERE organisation_id <> {id} AND account_id = {account})
                        """,
                        ct);
                    if (rows == 0)
                    {
                        return Problems.NotFound("member-unknown", "This person is not a member of yours alone, or it is you.");
                    }

                    await db.AuditAsync("second-factor-reset", account, ct, admin.Actor, id);
                    return (IResult?)null;
                },
                ct);
            return refusal ?? await EndSessionsAsync(account, ct);
        }

        /// <summary>Made for everybody who looks at the demonstration: one visitor must not take them from the next.</summary>
        private Task<bool> IsDemoAsync(Guid account, CancellationToken ct) => db.Users.AnyAsync(user => user.Id == account && user.Demo, ct);

        private static ProblemHttpResult DemoStays() => Problems.Conflict("demo-account", "Accounts of the demonstration stay as they are. Invite somebody and change them.");

        /// <summary>Tokens are minted from the database, so a failure here costs at most the ten minutes an access token lives.</summary>
        private async Task<IResult> EndSessionsAsync(Guid account, CancellationToken ct)
        {
            try
            {
                await engine.RevokeAsync(account, ct);
            }
            catch (HttpRequestException)
            {
                return TypedResults.Accepted((string?)null);
            }

            return TypedResults.NoContent();
        }
    }
}
