using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Session;

/// <summary>Ends the session of this browser here, then at the identity provider.</summary>
public static class SignOut
{
    private const string SignedOut = "/session/signed-out";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/session/sign-out", Handle).ProtectForm();
        app.MapGet(SignedOut, Finish);
    }

    private static async Task<IResult> Handle(HttpContext context, CurrentUser user, Sessions sessions, IdentityProvider provider, Site site, CancellationToken ct)
    {
        var culture = Cultures.Find(context.Request.Form["culture"]) ?? Cultures.Default;
        if (SessionCookie.Read(context) is not { } id)
        {
            return Pages.SeeOther($"/{culture.Code}");
        }

        var target = $"/{culture.Code}";
        try
        {
            // The ID token tells the identity provider whose session to end, without asking the person again.
            if (await user.TokensAsync() is { } tokens)
            {
                target = await provider.EndSessionAsync(tokens, site.PublicUrl + SignedOut, culture.Code, ct);
            }
        }
        catch (ServiceUnavailableException)
        {
            // Signing out here must work even if the provider is away.
        }

        await sessions.EndAsync(id, ct);
        SessionCookie.Clear(context);
        return Pages.SeeOther(target);
    }

    private static IResult Finish(string? state) => Pages.SeeOther($"/{(Cultures.Find(state) ?? Cultures.Default).Code}");
}
