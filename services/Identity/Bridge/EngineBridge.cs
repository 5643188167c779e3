using System.Net;
using System.Net.Http.Headers;
using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Bridge;

/// <summary>What the engine says about a browser that waits to be signed in.</summary>
public sealed record Interaction(string Uid, string ClientId, string ClientName, string Prompt, string Scope, string Cultures, string? LoginHint, string? AccountId);

/// <summary>Talks to the protocol engine's internal listener.</summary>
public sealed class EngineBridge(HttpClient http)
{
    public static void Configure(IServiceProvider services, HttpClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var configuration = services.GetRequiredService<IConfiguration>();
        client.BaseAddress = new Uri(configuration.Required("Identity:EngineInternalUrl"));
        client.Timeout = TimeSpan.FromSeconds(10);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", configuration.Required("Identity:EngineSecret"));
    }

    /// <summary>Null if the engine no longer knows it: interactions live fifteen minutes.</summary>
    public async Task<Interaction?> FindAsync(string uid, CancellationToken ct)
    {
        using var response = await http.GetAsync(Interactions(uid), ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Interaction>(ct);
    }

    /// <summary>Reports who signed in; the answer is where the browser goes next, null if it is too late.</summary>
    public async Task<string?> AcceptAsync(string uid, Guid accountId, Guid? organisationId, string[] methods, CancellationToken ct)
    {
        var strong = methods.Contains("otp");
        using var response = await http.PostAsJsonAsync(
            Interactions(uid),
            new { accountId, organisationId, amr = methods, acr = strong ? "urn:medtourism:acr:two-factors" : "urn:medtourism:acr:one-factor" },
            ct);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Accepted>(ct))?.RedirectTo;
    }

    /// <summary>Ends every session and refresh token of the account.</summary>
    public async Task RevokeAsync(Guid accountId, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(new Uri("/internal/sessions/revoke", UriKind.Relative), new { accountId }, ct);
        response.EnsureSuccessStatusCode();
    }

    private static Uri Interactions(string uid) => new($"/internal/interactions/{Uri.EscapeDataString(uid)}", UriKind.Relative);

    private sealed record Accepted(string RedirectTo);
}
