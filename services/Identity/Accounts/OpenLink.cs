using MassTransit;
using MedTourism.Contracts.Identity;
using MedTourism.Identity.Bridge;
using MedTourism.Identity.Organisations;
using MedTourism.Identity.Pages;
using MedTourism.Identity.SignIns;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>
/// A person opens an e-mailed link: signs in, confirms an address, sets a new password or accepts an invitation. Looking does not spend the
/// link (mail scanners look); the button does, once.
/// </summary>
public static class OpenLink
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/link", async (string? token, Page page, Links links, IdentityDb db, CancellationToken ct) =>
            await links.FindAsync(token ?? string.Empty, ct) is { } link
                ? await ShowAsync(page, link, token!, db, ct)
                : page.Message("link.void", StatusCodes.Status410Gone)).AsPage();
        app.MapPost("/link", HandleAsync).AsPage();
    }

    private static async Task<IResult> HandleAsync(
        HttpRequest request, Page page, Links links, Visits visits, Progress progress, UserManager<Account> users,
        IdentityDb db, IPublishEndpoint bus, EngineBridge engine, TimeProvider clock, IConfiguration configuration, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        var (token, password) = (form["token"].ToString(), form["password"].ToString());
        if (await links.FindAsync(token, ct) is not { } seen)
        {
            return page.Message("link.void", StatusCodes.Status410Gone);
        }

        var asks = await AsksAsync(seen, db, ct);
        var typed = form["name"].ToString();
        if (asks.Name && Names.Read(typed) is null)
        {
            page.Wrong("name", string.IsNullOrWhiteSpace(typed) ? "name.missing" : "name.malformed");
        }

        if (asks.Needed && password.Length == 0)
        {
            page.Wrong("password", "password.missing");
        }
        else if (asks.Password && password.Length > 0 && !await IsGoodAsync(users, password))
        {
            page.Wrong("password", "password.weak");
        }

        if (page.Errors.Count > 0)
        {
            return await ShowAsync(page, seen, token, db, ct, typed);
        }

        var setsPassword = asks.Password && password.Length > 0;
        var accountId = await db.InTransactionAsync(
            async () =>
            {
                if (seen.OrganisationId is { } joined)
                {
                    await Administration.LockAsync(db, joined, ct); // changes of its people follow one another
                }

                if (await links.SpendAsync(token, ct) is not { } link)
                {
                    return (Guid?)null;
                }

                var account = await FindOrCreateAsync(link, users, clock.GetUtcNow(), db, ct);
                if (asks.Name)
                {
                    account.Name ??= Names.Read(typed);
                }

                if (setsPassword)
                {
                    account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
                    await Must(users.UpdateSecurityStampAsync(account));
                    await Tries.ForgiveAsync(db, account.Id, ct);
                    await db.AuditAsync("password-set", account.Id, ct, detail: link.Purpose);
                }

                if (link.OrganisationId is { } organisation)
                {
                    await JoinAsync(db, bus, account.Id, organisation, link.Roles, clock.GetUtcNow(), ct);
                }

                await db.SaveChangesAsync(ct);
                return account.Id;
            },
            ct);
        if (accountId is not { } id)
        {
            return page.Message("link.void", StatusCodes.Status410Gone);
        }

        if (seen.Purpose == "reset-password")
        {
            await engine.RevokeAsync(id, ct); // whoever knew the old password is out
        }

        string[] methods = setsPassword ? ["email", "pwd"] : ["email"];
        if (await visits.CurrentAsync(ct) is { } visit)
        {
            await visits.ProveAsync(visit.Id, id, methods, ct);
            return Results.Redirect(await progress.NextAsync((await visits.FindAsync(visit.Uid, ct))!, ct));
        }

        // Opened where nobody was signing in: the web starts a sign-in, which finds this proof.
        await visits.RememberAsync(id, methods, ct);
        return Results.Redirect(configuration["Identity:StartUrl"] is { Length: > 0 } start ? start : $"{page.WebUrl.TrimEnd('/')}/{page.Culture}/sign-in");
    }

    private static async Task<Account> FindOrCreateAsync(AccountLink link, UserManager<Account> users, DateTimeOffset now, IdentityDb db, CancellationToken ct)
    {
        if (await users.FindByEmailAsync(link.Email) is { } existing)
        {
            return existing;
        }

        var account = Account.Create(link.Email, link.Culture, now);
        await Must(users.CreateAsync(account));
        await db.AuditAsync("account-created", account.Id, ct, detail: link.Purpose);
        return account;
    }

    /// <summary>An invitation gives roles and takes none, so that no old letter makes an organisation lose its last administrator.</summary>
    internal static async Task JoinAsync(IdentityDb db, IPublishEndpoint bus, Guid account, Guid organisation, string[] roles, DateTimeOffset now, CancellationToken ct)
    {
        var joined = await db.Memberships.FromSql(
            $"""
            INSERT INTO memberships (organisation_id, account_id, roles) VALUES ({organisation}, {account}, {roles})
            ON CONFLICT (organisation_id, account_id) DO UPDATE SET roles = ARRAY(SELECT DISTINCT unnest(memberships.roles || excluded.roles))
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        await db.AuditAsync("member-joined", account, ct, organisationId: organisation, detail: string.Join(' ', joined[0].Roles));
        await bus.PublishFor(organisation, new MemberChanged(organisation, account, joined[0].Roles, now), ct);
    }

    private static async Task<IResult> ShowAsync(Page page, AccountLink link, string token, IdentityDb db, CancellationToken ct, string? typed = null)
    {
        page.Prefer(link.Culture);
        var asks = await AsksAsync(link, db, ct);
        var organisation = await db.Organisations.Where(o => o.Id == link.OrganisationId).Select(o => o.Name).SingleOrDefaultAsync(ct);
        return page.Show<LinkView>(parameters:
        [
            ("Purpose", link.Purpose), ("Token", token), ("Address", link.Email), ("AsksName", asks.Name), ("Typed", typed), ("AsksPassword", asks.Password), ("PasswordNeeded", asks.Needed),
            ("Organisation", organisation), ("Roles", link.Roles),
        ]);
    }

    /// <summary>
    /// Staff need a password beside their code and a name for their colleagues; a new patient may have a password; who signs in by link keeps what they
    /// have. What an account has already is not asked.
    /// </summary>
    private static async Task<(bool Password, bool Needed, bool Name)> AsksAsync(AccountLink link, IdentityDb db, CancellationToken ct)
    {
        switch (link.Purpose)
        {
            case "reset-password":
                return (true, true, false);
            case "confirm-email":
                return (true, false, false);
            case "invitation":
                var normalized = link.Email.ToUpperInvariant();
                var has = await db.Users.Where(account => account.NormalizedEmail == normalized)
                    .Select(account => new { Password = account.PasswordHash != null, Name = account.Name != null }).SingleOrDefaultAsync(ct);
                return (has is not { Password: true }, has is not { Password: true }, has is not { Name: true });
            default:
                return (false, false, false);
        }
    }

    private static async Task<bool> IsGoodAsync(UserManager<Account> users, string password)
    {
        foreach (var rule in users.PasswordValidators)
        {
            if (!(await rule.ValidateAsync(users, new Account(), password)).Succeeded)
            {
                return false;
            }
        }

        return password.Length <= 128;
    }

    private static async Task Must(Task<IdentityResult> step)
    {
        var result = await step;
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"The account could not be saved: {string.Join(", ", result.Errors.Select(error => error.Code))}.");
        }
    }
}
