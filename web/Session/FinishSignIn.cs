using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Web.Session;

/// <summary>Takes the browser back from the identity provider: checks that the answer belongs to a sign-in of this browser, then starts a session.</summary>
public static class FinishSignIn
{
    private const string Path = "/session/callback";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path, Handle);

    public static string Address(Site site) => site.PublicUrl + Path;

    private static async Task<IResult> Handle(
        HttpContext context, string? code, string? state, string? iss, string? error, Site site, Sessions sessions, IdentityProvider provider, IdentitySettings settings,
        IDataProtectionProvider protection, ILogger<SignIn.Pending> log, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        var pending = SignIn.Read(context, state, protection);
        if (pending is null || !Same(pending.State, state!))
        {
            return Failed("stale", null);
        }

        context.Response.Cookies.Delete(SignIn.CookieName(context, pending.State), SessionCookie.Options(context));
        if (Cultures.Find(pending.Culture) is { } language)
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = language.Culture;
        }

        // RFC 9207: an answer of another provider is not for us, whatever else it carries.
        if (iss != settings.Authority || (error is null && string.IsNullOrEmpty(code)))
        {
            log.LogWarning("A sign-in answer was refused: issuer or code missing");
            return Failed("refused", pending.Return);
        }

        if (error is not null)
        {
            log.LogInformation("A sign-in ended with {Error}", Known(error));
            return Failed(error == "access_denied" ? "cancelled" : "refused", pending.Return);
        }

        try
        {
            var content = await provider.RedeemAsync(code!, pending.Verifier, pending.Nonce, Address(site), ct);
            if (SessionCookie.Read(context) is { } former)
            {
                await sessions.EndAsync(former, ct);
            }

            // A new id with each sign-in: one planted before cannot become someone's session.
            SessionCookie.Write(context, await sessions.CreateAsync(content, ct));
            return Pages.SeeOther(pending.Return == site.Url("/") && content.Person.Home is { } home ? site.Url(home) : pending.Return);
        }
        catch (SignInRefusedException exception)
        {
            log.LogWarning(exception, "A sign-in was refused");
            return Failed("refused", pending.Return);
        }
    }

    private static RazorComponentResult<SignInFailed> Failed(string reason, string? back) => Pages.Page<SignInFailed>(new SignInFailed.View(reason, back), StatusCodes.Status400BadRequest);

    private static string Known(string error) => error is "access_denied" or "login_required" or "invalid_request" or "temporarily_unavailable" or "server_error" or "invalid_scope" or "invalid_target" ? error : "another error";

    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
