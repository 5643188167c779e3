using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MedTourism.TestKit;

/// <summary>
/// An issuer with its own ES256 key, a discovery document and a key set on a loopback port, so that a service checks these tokens by its ordinary
/// settings: only its <c>Identity:Authority</c> differs.
/// </summary>
public sealed class TestTokens : IAsyncDisposable
{
    private readonly WebApplication _issuer;
    private readonly string _audience;
    private readonly ECDsaSecurityKey _key;

    private TestTokens(WebApplication issuer, string audience, ECDsaSecurityKey key) => (_issuer, _audience, _key) = (issuer, audience, key);

    /// <summary>What the service gets as <c>Identity:Authority</c>.</summary>
    public string Issuer => _issuer.Urls.First();

    /// <summary>Starts an issuer whose tokens are for <c>urn:medtourism:{service}</c>.</summary>
    public static async Task<TestTokens> StartAsync(string service)
    {
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString("N") };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var tokens = new TestTokens(app, $"urn:medtourism:{service}", key);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = tokens.Issuer, jwks_uri = tokens.Issuer + "/jwks" }));
        app.MapGet("/jwks", () => Results.Json(new { keys = new[] { Published(key) } }));
        await app.StartAsync();
        return tokens;
    }

    /// <summary>
    /// An access token. A token without <paramref name="sub"/> is one of client credentials, which speaks for its client.
    /// <paramref name="key"/>, <paramref name="type"/> and <paramref name="audience"/> are for tests of refusals.
    /// </summary>
    public string For(
        string? sub = null,
        Guid? org = null,
        string? orgKind = null,
        string? orgRef = null,
        IEnumerable<string>? roles = null,
        IEnumerable<string>? scopes = null,
        string clientId = "web",
        TimeSpan? expiresIn = null,
        string? audience = null,
        string type = "at+jwt",
        SecurityKey? key = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var expires = now + (expiresIn ?? TimeSpan.FromMinutes(10));
        var claims = new Dictionary<string, object>
        {
            ["sub"] = sub ?? clientId,
            ["client_id"] = clientId,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["scope"] = string.Join(' ', scopes ?? []),
        };
        if (org is not null)
        {
            claims["org"] = org.Value.ToString();
        }

        if (orgKind is not null)
        {
            claims["org_kind"] = orgKind;
        }

        if (orgRef is not null)
        {
            claims["org_ref"] = orgRef;
        }

        if (roles is not null)
        {
            claims["role"] = roles.ToArray();
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience ?? _audience,
            TokenType = type,
            Claims = claims,
            IssuedAt = expires < now ? expires.AddMinutes(-10) : now,
            NotBefore = expires < now ? expires.AddMinutes(-10) : now,
            Expires = expires,
            SigningCredentials = new SigningCredentials(key ?? _key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _key.ECDsa.Dispose();
    }

    private static object Published(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            kty = "EC",
            crv = "P-256",
            use = "sig",
            alg = "ES256",
            kid = key.KeyId,
            x = Base64UrlEncoder.Encode(point.X),
            y = Base64UrlEncoder.Encode(point.Y),
        };
    }
}
