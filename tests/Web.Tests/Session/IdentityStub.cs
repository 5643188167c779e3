using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MedTourism.Web.Tests.Session;

/// <summary>
/// An identity provider that can lie, which the real one (see the journeys) will not: wrong issuer, nonce, audience, signature or time, refused or
/// slow refreshes. It also stands in for the services, and keeps what it was asked.
/// </summary>
public sealed class IdentityStub : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ECDsaSecurityKey key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "one" };
    private readonly Dictionary<string, (Dictionary<string, object> Person, string Nonce)> codes = [];
    private Dictionary<string, object> person = [];
    private int number;

    private IdentityStub()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Url, authorization_endpoint = Url + "/auth", token_endpoint = Url + "/token", jwks_uri = Url + "/jwks", end_session_endpoint = Url + "/end" }));
        app.MapGet("/jwks", () => Results.Json(new { keys = new[] { PublicKey() } }));
        app.MapPost("/token", (Delegate)TokenAsync);
        app.MapPost("/me/sign-out-everywhere", () => AccountsAway ? Results.StatusCode(503) : Results.NoContent());
        app.Use(async (context, next) =>
        {
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            var body = await reader.ReadToEndAsync();
            context.Request.Body.Position = 0;
            lock (Received)
            {
                Received.Add(($"{context.Request.Method} {context.Request.Path}", body, context.Request.Headers.Authorization.ToString()));
            }

            await next(context);
        });
    }

    public List<(string Request, string Body, string Authorization)> Received { get; } = [];

    public string Url { get; private set; } = "";

    /// <summary>What the next ID tokens get wrong: null, <c>nonce</c>, <c>audience</c>, <c>issuer</c>, <c>signature</c>, <c>unsigned</c>, <c>expired</c> or <c>algorithm</c>.</summary>
    public string? Mistake { get; set; }

    public int AccessSeconds { get; set; } = 600;

    public bool RefreshRefused { get; set; }

    public bool RefreshAway { get; set; }

    public bool AccountsAway { get; set; }

    /// <summary>If set, a refresh is answered only when it completes.</summary>
    public TaskCompletionSource? RefreshGate { get; set; }

    public int Refreshes { get; private set; }

    /// <summary>Answers of the services by method and path.</summary>
    public Dictionary<string, Func<HttpContext, IResult>> Answers { get; } = [];

    /// <summary>Of whom the last signed in.</summary>
    public Guid Organisation { get; private set; }

    public static async Task<IdentityStub> StartAsync()
    {
        var stub = new IdentityStub();
        stub.app.MapFallback("{*path}", (HttpContext context) =>
            stub.Answers.TryGetValue($"{context.Request.Method} {context.Request.Path}", out var answer) ? answer(context) : Results.Problem(statusCode: 404, type: "urn:medtourism:problem:unknown"));
        await stub.app.StartAsync();
        stub.Url = stub.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return stub;
    }

    /// <summary>Honest, quick and forgetful again.</summary>
    public void Reset()
    {
        (Mistake, AccessSeconds, RefreshRefused, RefreshAway, AccountsAway, RefreshGate, Refreshes) = (null, 600, false, false, false, null, 0);
        lock (Received)
        {
            Received.Clear();
        }
    }

    public void SignsIn(string subject, string? kind = null, params string[] roles)
    {
        person = new() { ["sub"] = subject, ["name"] = $"Name of {subject}", ["email"] = $"{subject}@example.org" };
        if (kind is not null)
        {
            (person["org"], person["org_kind"], person["org_ref"], person["org_name"], person["role"]) = ((Organisation = Guid.CreateVersion7()).ToString(), kind, "center", $"The {kind}", roles);
        }
    }

    /// <summary>What the person's browser brings back after they signed in.</summary>
    public string Authorize(string nonce)
    {
        var code = $"code-{++number}";
        codes[code] = (person, nonce);
        return code;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        string? nonce = null;
        if (form["grant_type"] == "refresh_token")
        {
            Refreshes++;
            if (RefreshGate is { } gate)
            {
                await gate.Task;
            }

            if (RefreshAway)
            {
                return Results.StatusCode(503);
            }

            if (RefreshRefused)
            {
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            }
        }
        else if (codes.Remove(form["code"].ToString(), out var given))
        {
            nonce = given.Nonce;
        }
        else
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        return Results.Json(new { access_token = $"access-{++number}", token_type = "Bearer", expires_in = AccessSeconds, refresh_token = $"refresh-{number}", id_token = Sign(nonce) });
    }

    private string Sign(string? nonce)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(Mistake == "expired" ? -30 : 0);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var claims = new Dictionary<string, object>(person);
        if (nonce is not null)
        {
            claims["nonce"] = Mistake == "nonce" ? "another" : nonce;
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Mistake == "issuer" ? "https://elsewhere.example" : Url,
            Audience = Mistake == "audience" ? "another-client" : "web",
            Claims = claims,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(10),
            SigningCredentials = Mistake switch
            {
                "unsigned" => null,
                "signature" => new(new ECDsaSecurityKey(stranger) { KeyId = "one" }, SecurityAlgorithms.EcdsaSha256),
                "algorithm" => new(new SymmetricSecurityKey(new byte[32]) { KeyId = "one" }, SecurityAlgorithms.HmacSha256),
                _ => new(key, SecurityAlgorithms.EcdsaSha256),
            },
        });
    }

    private object PublicKey()
    {
        var point = key.ECDsa.ExportParameters(false).Q;
        return new { kty = "EC", crv = "P-256", kid = key.KeyId, use = "sig", alg = "ES256", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
    }
}
