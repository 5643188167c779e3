using MedTourism.Identity.Accounts;
using MedTourism.Identity.Demo;
using MedTourism.Identity.Pages;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>Checks e-mail and password. Unknown, wrong and locked look the same and take the same time.</summary>
public static class SubmitPassword
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/signin", HandleAsync).AsPage();

    private static async Task<IResult> HandleAsync(
        HttpRequest request, Page page, Visits visits, Progress progress, Passwords passwords, DemoAccounts demo, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        var (email, password) = (form["email"].ToString().Trim(), form["password"].ToString());
        if (await visits.FindAsync(form["uid"], ct) is not { } visit)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        if (email.Length == 0)
        {
            page.Wrong("email", "email.missing");
        }

        if (password.Length == 0)
        {
            page.Wrong("password", "password.missing");
        }

        if (page.Errors.Count == 0)
        {
            if (await passwords.CheckAsync(email, password, ct) is { } account)
            {
                await visits.ProveAsync(visit.Id, account, ["pwd"], ct);
                return Results.Redirect(await progress.NextAsync((await visits.FindAsync(visit.Uid, ct))!, ct));
            }

            page.Wrong("email", "signin.wrong");
        }

        return await StartSignIn.ShowAsync(page, visit, demo, email, ct);
    }
}

/// <summary>Looks at passwords without telling which addresses have an account.</summary>
public sealed class Passwords(IdentityDb db, IPasswordHasher<Account> hasher, ILookupNormalizer normalizer)
{
    private static string? standIn;

    /// <summary>The account, if the password is right and tries are left.</summary>
    public async Task<Guid?> CheckAsync(string email, string password, CancellationToken ct)
    {
        var normalized = normalizer.NormalizeEmail(email);
        var account = await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.NormalizedEmail == normalized, ct);
        var mayTry = account is not null && await Tries.TakeAsync(db, account.Id, ct);

        // The costly part runs in every case, against a hash nobody knows the password of if there is nothing to compare with.
        standIn ??= hasher.HashPassword(new Account(), Guid.NewGuid().ToString());
        var verdict = hasher.VerifyHashedPassword(account ?? new Account(), account?.PasswordHash ?? standIn, password);
        if (account is null)
        {
            await db.AuditAsync("sign-in-failed", null, ct, detail: "unknown address");
            return null;
        }

        if (!mayTry)
        {
            await db.AuditAsync("sign-in-refused", account.Id, ct, detail: "locked");
            return null;
        }

        if (account.PasswordHash is null || verdict == PasswordVerificationResult.Failed)
        {
            await Tries.AuditWrongAsync(db, account.Id, "password", ct);
            return null;
        }

        await Tries.GiveBackAsync(db, account.Id, ct);
        return account.Id;
    }
}
