using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace MedTourism.Web.Session;

/// <summary>Sends the browser to the identity provider (authorization code with PKCE); what must match on return stays in an encrypted cookie.</summary>
public static class SignIn
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/sign-in", Handle);

    /// <summary>A sign-in that began in this browser and has not come back yet.</summary>
    public sealed record Pending(string State, string Nonce, string Verifier, string Return, string Culture);

    // "again" asks for the password even if the identity provider knows the browser: to change the account.
    private static async Task<IResult> Handle(
        HttpContext context, string? @return, bool? again, Site site, IdentityProvider provider, IdentitySettings settings, IDataProtectionProvider protection, CancellationToken ct)
    {
        var pending = new Pending(Random(), Random(), Random(), LocalPath.Or(@return, site.Url("/")), Cultures.Current.Code);
        var document = await provider.DocumentAsync(ct);
        context.Response.Cookies.Append(CookieName(context, pending.State), Protect(protection, pending), SessionCookie.Options(context, Patience));
        context.Response.Headers.CacheControl = "no-store";
        return Results.Redirect(QueryHelpers.AddQueryString(document.AuthorizationEndpoint, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = FinishSignIn.Address(site),
            ["scope"] = IdentityProvider.Scope,
            ["resource"] = IdentityProvider.Resource,
            ["state"] = pending.State,
            ["nonce"] = pending.Nonce,
            ["code_challenge"] = Challenge(pending.Verifier),
            ["code_challenge_method"] = "S256",
            ["ui_locales"] = pending.Culture,
            ["prompt"] = again == true ? "login" : null,
        }));
    }

    /// <summary>One cookie for each sign-in, so that two tabs do not disturb each other.</summary>
    internal static string CookieName(HttpContext context, string state) => SessionCookie.Name(context, $"web_sign-in.{state[..12]}");

    internal static Pending? Read(HttpContext context, string? state, IDataProtectionProvider protection)
    {
        if (state is not { Length: 43 } || context.Request.Cookies[CookieName(context, state)] is not { } cookie)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Pending>(Protector(protection).Unprotect(cookie), Json.Options);
        }
        catch (CryptographicException)
        {
            return null; // Too old, or not ours.
        }
    }

    private static string Protect(IDataProtectionProvider protection, Pending pending) => Protector(protection).Protect(JsonSerializer.Serialize(pending, Json.Options), Patience);

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("sign-in").ToTimeLimitedDataProtector();

    private static string Random() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private static string Challenge(string verifier) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
