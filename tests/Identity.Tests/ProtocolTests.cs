using System.Net;
using System.Text.Json.Nodes;
using MedTourism.Identity.Accounts;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MedTourism.Identity.Tests;

/// <summary>Attacks on the protocol. The races matter most: a storage that looks before it writes lets one code be redeemed several times.</summary>
public sealed class ProtocolTests
{
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private Person person = null!;

    private static IdentitySystem System => Shared.System;

    [OneTimeSetUp]
    public async Task RegisterAsync() => person = await System.RegisterAsync();

    [TestCase("no PKCE", "code_challenge=&code_challenge_method=", "invalid_request")]
    [TestCase("plain PKCE", "code_challenge_method=plain", "invalid_request")]
    [TestCase("token in the address", "response_type=token", "unsupported_response_type")]
    [TestCase("foreign resource", "resource=https%3A%2F%2Fevil.test", "invalid_target")]
    [TestCase("another service's resource", "resource=urn%3Amedtourism%3Abooking", "invalid_target")]
    [TestCase("no session and no prompt", "prompt=none", "login_required")]
    public async Task A_bad_request_of_a_known_client_goes_back_with_its_error_and_the_issuer(string what, string change, string error)
    {
        using var browser = new Browser();
        var shown = await browser.OpenAsync(Authorize(change));
        Assert.That(shown.Query("error"), Is.EqualTo(error), what);
        Assert.That(shown.Query("iss"), Is.EqualTo(System.Issuer));
        Assert.That(shown.Code, Is.Null);
    }

    [TestCase("redirect_uri=http%3A%2F%2Fweb.test%2Fsignin%2Fcallback%2Fmore")]
    [TestCase("redirect_uri=http%3A%2F%2Fweb.test%2Fsignin%2Fcallback%3Fnext%3D1")]
    [TestCase("redirect_uri=http%3A%2F%2Fweb.test.evil.test%2Fsignin%2Fcallback")]
    [TestCase("client_id=nobody")]
    [TestCase("client_id=clinic-system")]
    public async Task An_address_that_is_not_registered_is_never_redirected_to(string change)
    {
        using var browser = new Browser();
        using var answer = await browser.RawAsync(Authorize(change));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Headers.Location, Is.Null);
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("<h1>Sign-in could not continue</h1>").And.Contain("/site.css"));
    }

    [Test]
    public async Task A_wrong_verifier_or_address_gets_no_token()
    {
        var (code, started) = await CodeAsync();
        Assert.That(await RedeemAsync(code, new string('w', 43)), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_grant")));
        (code, started) = await CodeAsync();
        var (status, body) = await System.TokenAsync(Form(code, started.Text("verifier"), redirectUri: "http://web.test/other"));
        Assert.That((status, body.Text("error")), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_grant")));
    }

    [Test]
    public async Task A_code_of_one_client_is_nothing_for_another()
    {
        var (code, started) = await CodeAsync();
        var (status, _) = await System.TokenAsync(Form(code, started.Text("verifier")), "clinic-system");
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_code_used_again_ends_what_it_gave()
    {
        var (code, started) = await CodeAsync();
        var (status, first) = await System.TokenAsync(Form(code, started.Text("verifier")));
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), first.ToJsonString());
        Assert.That(await RedeemAsync(code, started.Text("verifier")), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_grant")));
        Assert.That((await RefreshAsync(first.Text("refresh_token"))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    [Repeat(3)]
    public async Task Of_eight_simultaneous_redemptions_of_a_code_exactly_one_gets_tokens()
    {
        var (code, started) = await CodeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => System.TokenAsync(Form(code, started.Text("verifier")))));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1), () => string.Join(',', answers.Select(answer => (int)answer.Status)));
        Assert.That(answers.Where(answer => answer.Status != HttpStatusCode.OK).Select(answer => answer.Body.Text("error")), Is.All.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task A_refresh_token_used_again_ends_its_whole_family()
    {
        var tokens = await System.SignInAsync(person);
        var (status, second) = await RefreshAsync(tokens.Text("refresh_token"));
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(second.Text("refresh_token"), Is.Not.EqualTo(tokens.Text("refresh_token")));
        Assert.That(new JsonWebToken(second.Text("access_token")).Audiences.Count(), Is.EqualTo(6), "the refreshed token is for the services too");
        Assert.That((await RefreshAsync(tokens.Text("refresh_token"))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await RefreshAsync(second.Text("refresh_token"))).Status, Is.EqualTo(HttpStatusCode.BadRequest), "the successor is void as well");
    }

    [Test]
    [Repeat(3)]
    public async Task Of_eight_simultaneous_refreshes_exactly_one_gets_tokens()
    {
        var tokens = await System.SignInAsync(person);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(tokens.Text("refresh_token"))));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1), () => string.Join(',', answers.Select(answer => (int)answer.Status)));
        Assert.That(answers.Where(answer => answer.Status != HttpStatusCode.OK).Select(answer => answer.Body.Text("error")), Is.All.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task A_client_assertion_is_good_once()
    {
        var assertion = System.Assertion();
        var (status, body) = await AssertAsync(assertion);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.ToJsonString());
        var token = new JsonWebToken(body.Text("access_token"));
        Assert.That(token.Audiences, Is.EqualTo(new[] { "urn:medtourism:referral" }));
        Assert.That(token.GetClaim("scope").Value, Is.EqualTo("referral.read"));
        Assert.That((await AssertAsync(assertion)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    [Repeat(3)]
    public async Task Of_eight_simultaneous_uses_of_an_assertion_exactly_one_gets_a_token()
    {
        var assertion = System.Assertion();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AssertAsync(assertion)));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized), Is.EqualTo(7));
    }

    [Test]
    public async Task A_clinic_system_gets_a_token_of_its_center_for_the_one_service_it_names()
    {
        var tokens = await System.ClientAsync(new { step = "system", clientId = "clinic-system", resource = "urn:medtourism:booking", scope = "booking.read" });
        var token = new JsonWebToken(tokens.Text("access_token"));
        Assert.Multiple(() =>
        {
            Assert.That(token.Audiences, Is.EqualTo(new[] { "urn:medtourism:booking" }));
            Assert.That(token.GetClaim("scope").Value, Is.EqualTo("booking.read"));
            Assert.That(token.GetClaim("org_kind").Value, Is.EqualTo("clinic"));
            Assert.That(token.GetClaim("org_ref").Value, Is.EqualTo("orhun-aktau"));
            Assert.That(token.GetClaim("role").Value, Is.EqualTo("scheduler"));
            Assert.That(token.Subject, Is.EqualTo("clinic-system"));
        });
    }

    [TestCase("urn:medtourism:market", "booking.read", "invalid_target")]
    [TestCase("urn:medtourism:payment", "booking.read", "invalid_target")]
    [TestCase(null, "booking.read", "invalid_target")]
    [TestCase("urn:medtourism:booking", "payment.read", "invalid_scope")]
    public async Task A_system_gets_nothing_it_was_not_given(string? resource, string scope, string error)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = scope };
        if (resource is not null)
        {
            form["resource"] = resource;
        }

        var (status, body) = await System.TokenAsync(form, "clinic-system");
        Assert.That((status, body.Text("error")), Is.EqualTo((HttpStatusCode.BadRequest, error)));
    }

    [Test]
    public async Task The_engine_keeps_the_private_key_and_the_internal_door_to_itself()
    {
        var keys = JsonNode.Parse(await System.Http.GetStringAsync(new Uri($"{System.Issuer}/jwks")))!["keys"]!.AsArray();
        Assert.That(keys.Select(key => key!.Text("alg")), Is.EqualTo(new[] { "ES256" }));
        Assert.That(keys.Select(key => key!["d"]), Is.All.Null);
        using var direct = await System.Http.PostAsync(new Uri($"{System.Issuer}/internal/sessions/revoke"), null);
        Assert.That(direct.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "the public listener does not know it");
        using var claims = await System.Http.GetAsync(new Uri(System.Accounts.Address, $"/internal/claims?account={Guid.NewGuid()}"));
        Assert.That(claims.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public void Codes_of_authenticator_apps_are_those_of_RFC_6238()
    {
        // "12345678901234567890" in Base32; the RFC's table, last six digits.
        const string secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        Assert.That(new[] { 59L, 1111111109, 1111111111, 1234567890, 2000000000 }.Select(second => Totp.Code(secret, second / 30)),
            Is.EqualTo(new[] { "287082", "081804", "050471", "005924", "279037" }));
    }

    private static string Authorize(string change)
    {
        var query = new Dictionary<string, string>
        {
            ["client_id"] = "web", ["response_type"] = "code", ["redirect_uri"] = Uri.EscapeDataString(IdentitySystem.Callback), ["scope"] = "openid",
            ["state"] = "s", ["nonce"] = "n", ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var pair in change.Split('&').Select(part => part.Split('=', 2)))
        {
            query[pair[0]] = pair[1];
        }

        return $"{System.Issuer}/auth?{string.Join('&', query.Where(pair => pair.Value.Length > 0).Select(pair => $"{pair.Key}={pair.Value}"))}";
    }

    private async Task<(string Code, JsonNode Started)> CodeAsync()
    {
        using var browser = new Browser();
        var (page, started) = await System.StartAsync(browser);
        return ((await person.EnterAsync(browser, page)).Code!, started);
    }

    private static Dictionary<string, string> Form(string code, string verifier, string redirectUri = IdentitySystem.Callback) => new()
    {
        ["grant_type"] = "authorization_code", ["code"] = code, ["code_verifier"] = verifier, ["redirect_uri"] = redirectUri,
    };

    private static async Task<(HttpStatusCode, string)> RedeemAsync(string code, string verifier)
    {
        var (status, body) = await System.TokenAsync(Form(code, verifier));
        return (status, body["error"]?.ToString() ?? "none");
    }

    private static Task<(HttpStatusCode Status, JsonNode Body)> RefreshAsync(string token) =>
        System.TokenAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token });

    private static Task<(HttpStatusCode Status, JsonNode Body)> AssertAsync(string assertion) => System.TokenAsync(
        new()
        {
            ["grant_type"] = "client_credentials", ["resource"] = "urn:medtourism:referral", ["scope"] = "referral.read",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", ["client_assertion"] = assertion,
        },
        client: string.Empty);
}
