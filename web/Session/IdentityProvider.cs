using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedTourism.Web.Clients;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MedTourism.Web.Session;

/// <summary>How the site is known to the identity provider: <c>Identity:Authority</c>, <c>Identity:ClientId</c>, <c>Identity:ClientSecret</c>.</summary>
public sealed record IdentitySettings(string Authority, string ClientId, string ClientSecret);

/// <summary>The identity provider did not accept what we have (code, refresh token) or answered with tokens we do not accept.</summary>
public sealed class SignInRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>OpenID Connect with the identity provider: its documents, its token endpoint, and the check of ID tokens.</summary>
public sealed class IdentityProvider(HttpClient http, IdentitySettings settings, ConfigurationManager<OpenIdConnectConfiguration> discovery, TimeProvider clock)
{
    public const string Resource = "urn:medtourism:market";
    public const string Scope = "openid email offline_access market";

    public async Task<OpenIdConnectConfiguration> DocumentAsync(CancellationToken ct)
    {
        try
        {
            var document = await discovery.GetConfigurationAsync(ct);
            return document.Issuer == settings.Authority ? document : throw new SignInRefusedException("The discovery document names another issuer.");
        }
        catch (InvalidOperationException exception)
        {
            throw new ServiceUnavailableException("The identity provider did not answer.", exception);
        }
    }

    public Task<SessionContent> RedeemAsync(string code, string verifier, string nonce, string redirectUri, CancellationToken ct) =>
        RequestAsync(new() { ["grant_type"] = "authorization_code", ["code"] = code, ["code_verifier"] = verifier, ["redirect_uri"] = redirectUri, ["resource"] = Resource }, nonce, null, ct);

    /// <summary>New tokens and the person's present rights; null if the identity provider has ended the session.</summary>
    public async Task<SessionContent?> RefreshAsync(SessionContent session, CancellationToken ct)
    {
        if (session.Tokens.Refresh is not { } token)
        {
            return null;
        }

        try
        {
            var renewed = await RequestAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["resource"] = Resource }, null, session.Tokens, ct);
            return renewed.Person.Subject == session.Person.Subject ? renewed : null;
        }
        catch (SignInRefusedException)
        {
            return null;
        }
    }

    /// <summary>Where the browser ends the session at the identity provider.</summary>
    public async Task<string> EndSessionAsync(Tokens tokens, string returnUri, string state, CancellationToken ct) =>
        QueryHelpers.AddQueryString((await DocumentAsync(ct)).EndSessionEndpoint, new Dictionary<string, string?>
        {
            ["id_token_hint"] = tokens.Id,
            ["post_logout_redirect_uri"] = returnUri,
            ["client_id"] = settings.ClientId,
            ["state"] = state,
        });

    private async Task<SessionContent> RequestAsync(Dictionary<string, string> form, string? nonce, Tokens? previous, CancellationToken ct)
    {
        var document = await DocumentAsync(ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, document.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };
        var credentials = $"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(settings.ClientSecret)}"; // RFC 6749 2.3.1: encoded before Base64
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        var answer = await SendAsync(request, ct);
        if (answer.AccessToken is not { Length: > 0 } access || (answer.IdToken ?? previous?.Id) is not { Length: > 0 } id)
        {
            throw new SignInRefusedException("The token answer is incomplete.");
        }

        // A refresh may leave the ID token out; the one we have was checked when it came.
        var person = PersonOf(answer.IdToken is null ? new JsonWebToken(id).Claims : (await CheckAsync(id, nonce, document, ct)).Claims);
        return new(person, new Tokens(access, clock.GetUtcNow().AddSeconds(answer.ExpiresIn), answer.RefreshToken ?? previous?.Refresh, id));
    }

    private async Task<TokenAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var response = await http.SendAsync(request, ct);
            if (response.IsSuccessStatusCode)
            {
                return JsonSerializer.Deserialize<TokenAnswer>(await response.Content.ReadAsStringAsync(ct))!;
            }

            // 400 invalid_grant ends the session. 401 and the like are our own misconfiguration: nobody is signed out for that.
            throw response.StatusCode == HttpStatusCode.BadRequest
                ? new SignInRefusedException($"The token endpoint refused: {ErrorOf(await response.Content.ReadAsStringAsync(ct))}")
                : new ServiceUnavailableException($"The token endpoint answered {(int)response.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new ServiceUnavailableException("The identity provider did not answer.", failure);
        }
    }

    private static string ErrorOf(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.GetProperty("error").GetString() ?? "";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "unreadable";
        }
    }

    private async Task<JsonWebToken> CheckAsync(string token, string? nonce, OpenIdConnectConfiguration document, CancellationToken ct)
    {
        var result = await ValidateAsync(token, document);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            discovery.RequestRefresh(); // A key that was rotated in since.
            result = await ValidateAsync(token, await DocumentAsync(ct));
        }

        if (!result.IsValid)
        {
            throw new SignInRefusedException("The ID token is not acceptable.", result.Exception);
        }

        var id = (JsonWebToken)result.SecurityToken;
        var audiences = id.Audiences.ToArray();
        if (audiences.Length != 1 && (!id.TryGetPayloadValue<string>("azp", out var party) || party != settings.ClientId))
        {
            throw new SignInRefusedException("The ID token was issued to another party.");
        }

        return nonce is null || (id.TryGetPayloadValue<string>("nonce", out var said) && said == nonce) ? id : throw new SignInRefusedException("The ID token answers another request.");
    }

    private Task<TokenValidationResult> ValidateAsync(string token, OpenIdConnectConfiguration document) => new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = settings.Authority,
        ValidAudience = settings.ClientId,
        IssuerSigningKeys = document.SigningKeys,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ClockSkew = TimeSpan.FromSeconds(30),
    });

    private static Person PersonOf(IEnumerable<Claim> given)
    {
        var claims = given.ToLookup(claim => claim.Type, claim => claim.Value);
        string? One(string name) => claims[name].FirstOrDefault() is { Length: > 0 } value ? value : null;
        return new(
            One("sub") ?? throw new SignInRefusedException("The ID token names nobody."), One("name"), One("email"),
            Guid.TryParse(One("org"), out var organisation) ? organisation : null, One("org_kind"), One("org_ref"), One("org_name"), [.. claims["role"]]);
    }

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string? AccessToken,
        [property: JsonPropertyName("id_token")] string? IdToken,
        [property: JsonPropertyName("refresh_token")] string? RefreshToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
