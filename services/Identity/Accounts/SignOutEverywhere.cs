using MedTourism.Identity.Bridge;
using MedTourism.Identity.Pages;
using MedTourism.Identity.SignIns;
using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Accounts;

/// <summary>Ends every session of an account: asked for by the signed-in person, or on a page by who knows the password.</summary>
public static class SignOutEverywhere
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/me/sign-out-everywhere", async (HttpContext http, IdentityDb db, EngineBridge engine, CancellationToken ct) =>
        {
            if (!Guid.TryParse(http.Caller().Subject, out var account))
            {
                return (IResult)Problems.Forbidden("not-a-person", "Only a signed-in person has sessions.");
            }

            await EndAsync(account, db, engine, ct);
            return TypedResults.NoContent();
        }).RequireRateLimiting("write");

        app.MapGet("/sign-out-everywhere", (Page page) => page.Show<SignOutView>()).AsPage();
        app.MapPost("/sign-out-everywhere", async (HttpRequest request, Page page, Passwords passwords, IdentityDb db, EngineBridge engine, CancellationToken ct) =>
        {
            var form = await request.ReadFormAsync(ct);
            var (email, password) = (form["email"].ToString().Trim(), form["password"].ToString());
            if (email.Length == 0 || password.Length == 0)
            {
                page.Wrong(email.Length == 0 ? "email" : "password", email.Length == 0 ? "email.missing" : "password.missing");
            }
            else if (await passwords.CheckAsync(email, password, ct) is { } account)
            {
                await EndAsync(account, db, engine, ct);
                return page.Message("everywhere.done");
            }
            else
            {
                page.Wrong("email", "signin.wrong");
            }

            return page.Show<SignOutView>(parameters: [("Email", email)]);
        }).AsPage();
    }

    private static async Task EndAsync(Guid account, IdentityDb db, EngineBridge engine, CancellationToken ct)
    {
        await engine.RevokeAsync(account, ct);
        await db.AuditAsync("signed-out-everywhere", account, ct, actorId: account);
    }
}
