using MassTransit;
using MedTourism.Contracts.Identity;
using MedTourism.Identity.Bridge;
using MedTourism.Identity.Organisations;
using MedTourism.Identity.Pages;
using MedTourism.Identity.SignIns;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>
/// A person deletes their account, proven by a sign-in of the last minutes or by the password; every service is told. Who has a second factor
/// must have signed in with it, and an organisation keeps its last administrator.
/// </summary>
public static class EraseAccount
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/erase-account", ShowAsync).AsPage();
        app.MapPost("/erase-account", HandleAsync).AsPage();
    }

    private static async Task<RazorComponentResult> ShowAsync(Page page, Visits visits, IdentityDb db, CancellationToken ct) =>
        Show(page, await FreshAsync(visits, db, ct), null);

    private static async Task<IResult> HandleAsync(
        HttpRequest request, Page page, Visits visits, Passwords passwords, IdentityDb db, Eraser eraser, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        var (email, password) = (form["email"].ToString().Trim(), form["password"].ToString());
        var fresh = await FreshAsync(visits, db, ct);

        // What was shown is what is erased: another sign-in in this browser meanwhile must not change whom the button means.
        Guid? proven = fresh is not null && form["account"] == fresh.Id.ToString() ? fresh.Id : null;
        if (form["account"].Count > 0)
        {
            return proven is { } id ? await EndAsync(page, eraser, id, fresh, email, ct) : page.Message("erase.late", StatusCodes.Status410Gone);
        }

        if (email.Length == 0 || password.Length == 0)
        {
            page.Wrong(email.Length == 0 ? "email" : "password", email.Length == 0 ? "email.missing" : "password.missing");
        }
        else if (await passwords.CheckAsync(email, password, ct) is not { } account)
        {
            page.Wrong("email", "signin.wrong");
        }
        else if (await db.Users.AnyAsync(user => user.Id == account && user.TwoFactorEnabled, ct))
        {
            page.Wrong("email", "erase.secondFactor");
        }
        else
        {
            return await EndAsync(page, eraser, account, null, email, ct);
        }

        return Show(page, null, email);
    }

    private static async Task<IResult> EndAsync(Page page, Eraser eraser, Guid account, Known? fresh, string email, CancellationToken ct)
    {
        if (await eraser.EraseAsync(account, ct) is not { } refusal)
        {
            return page.Message("erase.done");
        }

        page.Wrong(fresh is null ? "email" : "erase", refusal);
        return Show(page, fresh, email);
    }

    /// <summary>The account this browser signed in to a moment ago, unless a second factor is missing from that sign-in.</summary>
    private static async Task<Known?> FreshAsync(Visits visits, IdentityDb db, CancellationToken ct)
    {
        if (await visits.FreshAsync(ct) is not { } visit)
        {
            return null;
        }

        var strong = visit.Methods.Contains("otp");
        return await db.Users.Where(user => user.Id == visit.AccountId && (strong || !user.TwoFactorEnabled))
            .Select(user => new Known(user.Id, user.Email!)).SingleOrDefaultAsync(ct);
    }

    private static RazorComponentResult Show(Page page, Known? fresh, string? email) =>
        page.Show<EraseView>(parameters: [("Account", fresh?.Id), ("Address", fresh?.Email), ("Email", email)]);

    private sealed record Known(Guid Id, string Email);

    /// <summary>Erases in one transaction; the row count decides, so that a second time does nothing and says nothing.</summary>
    public sealed class Eraser(IdentityDb db, IPublishEndpoint bus, EngineBridge engine, TimeProvider clock, ILogger<Eraser> log)
    {
        /// <returns>Null once the account is gone, else the key of the text that says why it stays.</returns>
        public async Task<string?> EraseAsync(Guid id, CancellationToken ct)
        {
            var refusal = await db.InTransactionAsync(() => RunAsync(id, ct), ct);
            if (refusal is null)
            {
                await EndSessionsAsync(id, ct);
            }

            return refusal;
        }

        private async Task<string?> RunAsync(Guid id, CancellationToken ct)
        {
            // Changes of members wait for this lock too, so nobody becomes or stops being the last administrator meanwhile.
            var organisations = await db.Organisations.FromSql(
                $"SELECT * FROM organisations WHERE id IN (SELECT organisation_id FROM memberships WHERE account_id = {id}) ORDER BY id FOR UPDATE")
                .AsNoTracking().ToListAsync(ct);
            var account = (await db.Users.FromSql($"SELECT * FROM accounts WHERE id = {id} FOR UPDATE").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
            if (account is null)
            {
                return null;
            }

            if (account.Demo)
            {
                return "erase.demo"; // made for everybody who looks at the demonstration
            }

            foreach (var organisation in organisations)
            {
                if (await Administration.IsAdminAsync(db, organisation, id, ct) && !await Administration.AnotherAdminAsync(db, organisation, id, ct))
                {
                    return "erase.lastAdmin";
                }
            }

            var now = clock.GetUtcNow();
            await db.Database.ExecuteSqlAsync($"DELETE FROM account_links WHERE upper(email) = {account.NormalizedEmail}", ct);
            await db.Database.ExecuteSqlAsync($"DELETE FROM accounts WHERE id = {id}", ct); // what hangs on it goes with it
            await db.AuditAsync("account-erased", id, ct, actorId: id);
            foreach (var organisation in organisations)
            {
                await bus.PublishFor(organisation.Id, new MemberChanged(organisation.Id, id, [], now), ct);
            }

            await bus.PublishFor(id, new AccountErased(id, now), ct);
            return null;
        }

        /// <summary>Without the account no token is made any more, so a failure here costs at most the ten minutes an access token lives.</summary>
        private async Task EndSessionsAsync(Guid id, CancellationToken ct)
        {
            try
            {
                await engine.RevokeAsync(id, ct);
            }
            catch (HttpRequestException exception)
            {
                log.LogWarning("The sessions of erased account {AccountId} end by themselves: {Message}", id, exception.Message);
            }
        }
    }
}
