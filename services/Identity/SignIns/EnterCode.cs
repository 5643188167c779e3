using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>Staff prove the second factor: a code of their authenticator app, good once, with the same five tries as the password.</summary>
public static class EnterCode
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/signin/code", async (string? uid, Page page, Visits visits, CancellationToken ct) =>
            await visits.FindAsync(uid, ct) is { AccountId: not null } visit ? Show(page, visit) : page.Message("expired", StatusCodes.Status410Gone)).AsPage();
        app.MapPost("/signin/code", HandleAsync).AsPage();
    }

    private static async Task<IResult> HandleAsync(
        HttpRequest request, Page page, Visits visits, Progress progress, IdentityDb db, Secrets secrets, TimeProvider clock, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        if (await visits.FindAsync(form["uid"], ct) is not { AccountId: { } id } visit)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        var code = string.Concat(form["code"].ToString().Where(char.IsAsciiDigit));
        var stored = await db.Users.Where(account => account.Id == id && account.TwoFactorEnabled).Select(account => account.TotpSecret).SingleOrDefaultAsync(ct);
        if (stored is null)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        if (!await Tries.TakeAsync(db, id, ct))
        {
            await db.AuditAsync("sign-in-refused", id, ct, detail: "locked");
            page.Wrong("code", "code.wrong");
            return Show(page, visit);
        }

        if (!await Totp.SpendAsync(db, id, secrets.Open(Secrets.TotpOf(id), stored), code, clock.GetUtcNow(), ct))
        {
            await Tries.AuditWrongAsync(db, id, "code", ct);
            page.Wrong("code", "code.wrong");
            return Show(page, visit);
        }

        await Tries.GiveBackAsync(db, id, ct);
        await visits.ProveAsync(visit.Id, id, ["otp"], ct);
        return Results.Redirect(await progress.NextAsync((await visits.FindAsync(visit.Uid, ct))!, ct));
    }

    private static RazorComponentResult Show(Page page, SignIn visit)
    {
        page.Uid = visit.Uid;
        page.ClientName = visit.ClientName;
        return page.Show<CodeView>();
    }
}
