using MedTourism.Identity.Bridge;
using MedTourism.Identity.Demo;
using MedTourism.Identity.Pages;

namespace MedTourism.Identity.SignIns;

/// <summary>The engine sends a browser here that is not signed in: the form with password, e-mailed link and, in demo mode, one-click accounts.</summary>
public static class StartSignIn
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/signin", HandleAsync).AsPage();

    private static async Task<IResult> HandleAsync(
        string? uid, string? notice, Page page, Visits visits, EngineBridge engine, Progress progress, DemoAccounts demo, CancellationToken ct)
    {
        if (uid is null || await engine.FindAsync(uid, ct) is not { } interaction)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        page.Prefer(interaction.Cultures);
        if (await visits.OpenAsync(uid, interaction.ClientName, ct) is not { } visit)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        if (visit.AccountId is not null && notice is null && !await progress.NeedsPasswordAsync(visit, ct))
        {
            return Results.Redirect(await progress.NextAsync(visit, ct));
        }

        return await ShowAsync(page, visit, demo, interaction.LoginHint, ct, notice == "password" ? "signin.needsPassword" : null);
    }

    internal static async Task<IResult> ShowAsync(Page page, SignIn visit, DemoAccounts demo, string? email, CancellationToken ct, string? notice = null)
    {
        page.Uid = visit.Uid;
        page.ClientName = visit.ClientName;
        return page.Show<SignInView>(
            parameters: [("Email", email), ("Notice", notice), ("Demo", await demo.ButtonsAsync(ct))]);
    }
}
