using System.Net;
using System.Net.Http.Headers;
using MedTourism.Web.Clients;

namespace MedTourism.Web.Session;

/// <summary>Gives the calls of a service client the access token of the request's person.</summary>
public sealed class AsSignedInPerson(IHttpContextAccessor accessor) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Handlers outlive requests, so the person is looked up with each call.
        var user = accessor.HttpContext!.RequestServices.GetRequiredService<CurrentUser>();
        if (await user.AccessTokenAsync() is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && request.Headers.Authorization is not null)
        {
            response.Dispose();
            throw new ServiceUnavailableException($"{request.RequestUri?.Authority} does not accept our tokens."); // A fresh token refused is a fault of the set-up, and signing in again would not help.
        }

        return response;
    }
}
