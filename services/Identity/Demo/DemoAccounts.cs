using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using MedTourism.Identity.SignIns;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Demo;

/// <summary>A made-up person of the demonstration. The password is kept readable so that it can be shown; nothing real may use it.</summary>
public sealed class DemoAccount
{
    public Guid AccountId { get; init; }

    public int Position { get; init; }

    public required string Role { get; init; }

    public required string Password { get; init; }
}

public sealed record DemoButton(Guid AccountId, string Role, string? Organisation);

/// <summary>The one-click accounts of the sign-in page. Outside demo mode there are none, and the address does not exist.</summary>
public sealed class DemoAccounts(IdentityDb db, IConfiguration configuration)
{
    public bool Enabled => configuration.GetValue<bool>("Demo");

    public async Task<IReadOnlyList<DemoButton>> ButtonsAsync(CancellationToken ct) => !Enabled
        ? []
        : await (from demo in db.DemoAccounts
                 join account in db.Users.Where(account => account.Demo) on demo.AccountId equals account.Id
                 orderby demo.Position
                 select new DemoButton(
                     demo.AccountId,
                     demo.Role,
                     db.Memberships.Where(m => m.AccountId == demo.AccountId).Select(m => m.Organisation!.Name).FirstOrDefault())).ToListAsync(ct);

    public static void Map(IEndpointRouteBuilder app, bool enabled)
    {
        if (enabled)
        {
            app.MapPost("/signin/demo", HandleAsync).AsPage();
        }
    }

    private static async Task<IResult> HandleAsync(
        HttpRequest request, Page page, Visits visits, Progress progress, DemoAccounts demo, IdentityDb db, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        if (!demo.Enabled || await visits.FindAsync(form["uid"], ct) is not { } visit
            || (await demo.ButtonsAsync(ct)).SingleOrDefault(button => button.AccountId.ToString() == form["account"]) is not { } chosen)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        // The button stands for typing the shown password and the code of the shown secret.
        var staff = await db.Users.AnyAsync(account => account.Id == chosen.AccountId && account.TwoFactorEnabled, ct);
        await db.AuditAsync("demo-button", chosen.AccountId, ct);
        await visits.ProveAsync(visit.Id, chosen.AccountId, staff ? ["pwd", "otp"] : ["pwd"], ct);
        return Results.Redirect(await progress.NextAsync((await visits.FindAsync(visit.Uid, ct))!, ct));
    }
}
