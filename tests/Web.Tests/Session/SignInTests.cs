using System.Net;
using System.Security.Cryptography;
using System.Text;
using MedTourism.Web.Session;
using Microsoft.AspNetCore.WebUtilities;

namespace MedTourism.Web.Tests.Session;

/// <summary>Only an answer that belongs to a sign-in of this browser, from our provider, with a token for us, starts a session.</summary>
public sealed class SignInTests
{
    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => site = await StaffSite.StartAsync();

    [SetUp]
    public async Task ResetAsync()
    {
        await site.ResetAsync();
        site.Identity.SignsIn("anna");
    }

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [Test]
    public async Task Signing_in_asks_for_a_code_with_PKCE_state_and_nonce()
    {
        using var browser = site.Browser();
        var asked = await StaffSite.BeginAsync(browser);
        await site.FinishAsync(browser, asked);

        var (_, body, authorization) = site.Identity.Received.Single(received => received.Request == "POST /token");
        var sent = QueryHelpers.ParseQuery(body);
        Assert.Multiple(() =>
        {
            Assert.That(asked["response_type"], Is.EqualTo("code"));
            Assert.That(asked["redirect_uri"], Is.EqualTo("http://localhost/session/callback"));
            Assert.That(asked["code_challenge_method"], Is.EqualTo("S256"));
            Assert.That(asked["state"], Has.Length.EqualTo(43).And.Not.EqualTo(asked["nonce"]));
            Assert.That(WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(sent["code_verifier"].ToString()))), Is.EqualTo(asked["code_challenge"]));
            Assert.That(Encoding.UTF8.GetString(Convert.FromBase64String(authorization["Basic ".Length..])), Is.EqualTo("web:a%20secret%3A%20with%20signs"));
        });
    }

    [Test]
    public async Task A_signed_in_person_sees_their_name_and_the_browser_gets_no_token()
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        site.Identity.Answers["GET /agency/agreement"] = _ => Microsoft.AspNetCore.Http.Results.Problem(statusCode: 404);

        var response = await browser.GetAsync("/en/agency/agreement");

        var html = await response.Content.ReadAsStringAsync();
        Assert.Multiple(() =>
        {
            Assert.That(html, Does.Contain("Name of anna"));
            Assert.That(html, Does.Not.Contain("access-").And.Not.Contain("refresh-"));
            Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        });
        Assert.That(await site.CountAsync("SELECT count(*) FROM session WHERE position('access-'::bytea in content) = 0 AND position('anna@'::bytea in content) = 0 AND octet_length(id_hash) = 32"), Is.EqualTo(1));
    }

    [Test]
    public async Task The_session_cookie_is_kept_from_scripts_and_other_sites()
    {
        using var browser = site.Browser();
        var response = await site.FinishAsync(browser, await StaffSite.BeginAsync(browser));

        Assert.That(response.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("web_session=", StringComparison.Ordinal)), Does.Contain("httponly").And.Contain("samesite=lax").And.Contain("path=/"));
    }

    [Test]
    public async Task An_answer_with_another_state_is_refused()
    {
        using var browser = site.Browser();
        var asked = await StaffSite.BeginAsync(browser);

        await RefusedAsync(await site.FinishAsync(browser, asked, state: new string('A', 43)));
    }

    [Test]
    public async Task An_answer_to_another_browser_is_refused()
    {
        using var attacker = site.Browser();
        using var victim = site.Browser();
        var asked = await StaffSite.BeginAsync(attacker);
        await StaffSite.BeginAsync(victim);

        await RefusedAsync(await site.FinishAsync(victim, asked));
    }

    [Test]
    public async Task An_answer_counts_once()
    {
        using var browser = site.Browser();
        var asked = await StaffSite.BeginAsync(browser);
        await site.FinishAsync(browser, asked);

        var second = await site.FinishAsync(browser, asked);

        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await site.SessionsAsync(), Is.EqualTo(1));
    }

    [TestCase(null)]
    [TestCase("https://elsewhere.example")]
    public async Task An_answer_of_another_issuer_is_refused_before_its_code_is_used(string? issuer)
    {
        using var browser = site.Browser();

        await RefusedAsync(await site.FinishAsync(browser, await StaffSite.BeginAsync(browser), issuer: issuer));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /token"));
    }

    [TestCase("nonce"), TestCase("audience"), TestCase("issuer"), TestCase("signature"), TestCase("unsigned"), TestCase("expired"), TestCase("algorithm")]
    public async Task A_token_with_a_wrong_part_is_refused(string mistake)
    {
        site.Identity.Mistake = mistake;
        using var browser = site.Browser();

        await RefusedAsync(await site.FinishAsync(browser, await StaffSite.BeginAsync(browser)));
    }

    [TestCase("https://evil.example/")]
    [TestCase("//evil.example/")]
    [TestCase("/\\evil.example/")]
    [TestCase("/\t/evil.example/")]
    [TestCase("evil.example")]
    [TestCase("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_another_site(string target)
    {
        using var browser = site.Browser();
        var response = await site.FinishAsync(browser, await StaffSite.BeginAsync(browser, "/en/sign-in?return=" + Uri.EscapeDataString(target)));

        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/en/"));
    }

    [TestCase("/en/console/day?date=2026-12-01", true), TestCase("/", true), TestCase("/r/ABC", true)]
    [TestCase("//evil.example", false), TestCase("/\\evil.example", false), TestCase("/a\\b", false), TestCase("/a\r\nb", false), TestCase("", false), TestCase(null, false)]
    public void Local_paths_are_told_from_others(string? path, bool local) => Assert.That(LocalPath.IsLocal(path), Is.EqualTo(local));

    [Test]
    public async Task The_person_returns_to_where_they_were()
    {
        using var browser = site.Browser();
        var response = await site.FinishAsync(browser, await StaffSite.BeginAsync(browser, "/ru/sign-in?return=" + Uri.EscapeDataString("/ru/find?q=a&page=2")));

        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/ru/find?q=a&page=2"));
    }

    [Test]
    public async Task Signing_in_again_gives_a_new_id_and_ends_the_former_session()
    {
        using var browser = await site.SignInAsync("anna");
        var before = await site.CountAsync("SELECT get_byte(id_hash, 0) * 256::bigint + get_byte(id_hash, 1) FROM session");

        await site.FinishAsync(browser, await StaffSite.BeginAsync(browser));

        Assert.That(await site.SessionsAsync(), Is.EqualTo(1));
        Assert.That(await site.CountAsync("SELECT get_byte(id_hash, 0) * 256::bigint + get_byte(id_hash, 1) FROM session"), Is.Not.EqualTo(before));
    }

    private async Task RefusedAsync(HttpResponseMessage response)
    {
        Assert.Multiple(() =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], Has.None.StartsWith("web_session="));
        });
        Assert.That(await site.SessionsAsync(), Is.Zero);
    }
}
