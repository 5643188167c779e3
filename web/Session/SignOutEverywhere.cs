using System.Net.Http.Headers;
using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Session;

/// <summary>Ends every session of the person, in all browsers and systems: after a lost phone, for example.</summary>
public static class SignOutEverywhere
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/session/sign-out-everywhere", Handle).ProtectForm();

    private static async Task<IResult> Handle(HttpContext context, CurrentUser user, Sessions sessions, IHttpClientFactory clients, CancellationToken ct)
    {
        var culture = Cultures.Find(context.Request.Form["culture"]) ?? Cultures.Default;
        if (await user.AccessTokenAsync() is { } token)
        {
            var subject = user.Person!.Subject;
            await EndAtProviderAsync(clients.CreateClient("accounts"), token, ct);
            await sessions.EndAllAsync(subject, ct);
        }

        SessionCookie.Clear(context);
        return Pages.SeeOther($"/{culture.Code}");
    }

    private static async Task EndAtProviderAsync(HttpClient accounts, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "me/sign-out-everywhere");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        try
        {
            using var response = await accounts.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !ct.IsCancellationRequested))
        {
            // Saying "signed out everywhere" when only we did it would be a dangerous lie.
            throw new ServiceUnavailableException("Accounts did not end the sessions.", failure);
        }
    }
}
