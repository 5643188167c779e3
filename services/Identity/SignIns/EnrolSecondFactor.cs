using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>Staff without a second factor set one up before their first session; there is no way around it.</summary>
public static class EnrolSecondFactor
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/signin/second-factor", async (string? uid, Page page, Visits visits, IdentityDb db, Secrets secrets, CancellationToken ct) =>
            await visits.FindAsync(uid, ct) is { } visit && MayEnrol(visit)
                ? await ShowAsync(page, visit, db, secrets, ct)
                : page.Message("expired", StatusCodes.Status410Gone)).AsPage();
        app.MapPost("/signin/second-factor", HandleAsync).AsPage();
    }

    private static async Task<IResult> HandleAsync(
        HttpRequest request, Page page, Visits visits, Progress progress, IdentityDb db, Secrets secrets, TimeProvider clock, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        if (await visits.FindAsync(form["uid"], ct) is not { PendingSecret: { } pending } visit || !MayEnrol(visit))
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        var (id, secret) = (visit.AccountId!.Value, secrets.Open(Secrets.PendingOf(visit.Id), pending));
        var code = string.Concat(form["code"].ToString().Where(char.IsAsciiDigit));
        if (Totp.StepOf(secret, code, clock.GetUtcNow()) is not { } step)
        {
            page.Wrong("code", "code.wrong");
            return await ShowAsync(page, visit, db, secrets, ct);
        }

        var enrolled = await db.InTransactionAsync(
            async () =>
            {
                var rows = await db.Database.ExecuteSqlAsync(
                    $"UPDATE accounts SET totp_secret = {secrets.Seal(Secrets.TotpOf(id), secret)}, two_factor_enabled = true, totp_last_step = {step} WHERE id = {id} AND NOT two_factor_enabled", ct);
                if (rows == 1)
                {
                    await db.AuditAsync("second-factor-set", id, ct);
                    await visits.ProveAsync(visit.Id, id, ["otp"], ct);
                }

                return rows == 1;
            },
            ct);
        return enrolled
            ? Results.Redirect(await progress.NextAsync((await visits.FindAsync(visit.Uid, ct))!, ct))
            : page.Message("expired", StatusCodes.Status410Gone);
    }

    private static bool MayEnrol(SignIn visit) => visit.AccountId is not null && visit.Methods.Contains("pwd");

    private static async Task<IResult> ShowAsync(Page page, SignIn visit, IdentityDb db, Secrets secrets, CancellationToken ct)
    {
        var account = await db.Users.AsNoTracking().SingleAsync(user => user.Id == visit.AccountId, ct);
        if (account.TwoFactorEnabled)
        {
            return Results.Redirect($"/signin/code?uid={Uri.EscapeDataString(visit.Uid!)}");
        }

        var fresh = secrets.Seal(Secrets.PendingOf(visit.Id), Totp.NewSecret());
        await db.Database.ExecuteSqlAsync($"UPDATE sign_ins SET pending_secret = {fresh} WHERE id = {visit.Id} AND pending_secret IS NULL", ct);
        var pending = await db.SignIns.Where(row => row.Id == visit.Id).Select(row => row.PendingSecret).SingleAsync(ct);
        page.Uid = visit.Uid;
        page.ClientName = visit.ClientName;
        return page.Show<EnrolView>(parameters: [("Secret", secrets.Open(Secrets.PendingOf(visit.Id), pending!)), ("Address", account.Email)]);
    }
}
