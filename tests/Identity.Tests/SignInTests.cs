using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedTourism.Identity.Accounts;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MedTourism.Identity.Tests;

public sealed class SignInTests
{
    private static readonly string[] Audiences =
        [.. new[] { "catalog", "booking", "payment", "referral", "identity", "notifications" }.Select(service => $"urn:medtourism:{service}")];

    private static IdentitySystem System => Shared.System;

    [Test]
    public async Task A_patient_signs_in_with_a_password_and_every_service_takes_the_token()
    {
        var person = await System.RegisterAsync();
        var tokens = await System.SignInAsync(person);

        var token = new JsonWebToken(tokens.Text("access_token"));
        Assert.Multiple(() =>
        {
            Assert.That(token.Typ, Is.EqualTo("at+jwt"));
            Assert.That(token.Alg, Is.EqualTo("ES256"));
            Assert.That(token.Audiences, Is.EquivalentTo(Audiences));
            Assert.That(token.GetClaim("client_id").Value, Is.EqualTo("web"));
            Assert.That(token.GetClaim("scope").Value, Is.EqualTo("market"));
            Assert.That(token.Claims.Select(claim => claim.Type), Has.None.EqualTo("org").And.None.EqualTo("role").And.None.EqualTo("email"));
            Assert.That(token.ValidTo - token.IssuedAt, Is.EqualTo(TimeSpan.FromMinutes(10)));
            Assert.That(tokens["claims"]!.Text("email"), Is.EqualTo(person.Email));
            Assert.That(tokens["claims"]!["amr"]!.AsArray().Select(method => method!.ToString()), Is.EqualTo(new[] { "pwd" }));
        });

        using var api = System.ApiFor(tokens);
        var me = (await api.GetFromJsonAsync<JsonNode>("/me"))!;
        Assert.That(me.Text("email"), Is.EqualTo(person.Email), "ServiceDefaults accepts the engine's token by its own rules");
        Assert.That(me.Text("accountId"), Is.EqualTo(token.Subject));
    }

    [Test]
    public async Task A_patient_signs_in_with_an_emailed_link_in_the_same_browser()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, started) = await System.StartAsync(browser);
        page = await browser.SubmitAsync(page, "/signin/link", ("email", person.Email));
        Assert.That(page.Title, Does.StartWith("Check your e-mail"));
        page = await browser.OpenAsync(await System.LinkForAsync(person.Email, "sign-in"));
        var tokens = await System.FinishAsync(started, await browser.SubmitAsync(page, "/link"));
        Assert.That(tokens["claims"]!["amr"]!.AsArray().Select(method => method!.ToString()), Is.EqualTo(new[] { "email" }));
    }

    [Test]
    public async Task A_link_opened_where_nobody_was_signing_in_serves_the_next_sign_in_of_that_browser()
    {
        var person = await System.RegisterAsync();
        using var elsewhere = new Browser();
        var page = await elsewhere.OpenAsync(new Uri(System.Accounts.Address, "/forgot").AbsoluteUri);
        await elsewhere.SubmitAsync(page, "/forgot", ("email", person.Email));

        using var browser = new Browser();
        page = await browser.OpenAsync(await System.LinkForAsync(person.Email, "reset-password"));
        page = await browser.SubmitAsync(page, "/link", ("password", "another long password"));
        Assert.That(page.Address.AbsoluteUri, Is.EqualTo("http://web.test/start"));
        var (arrived, started) = await System.StartAsync(browser);
        Assert.That((await System.FinishAsync(started, arrived))["claims"]!.Text("email"), Is.EqualTo(person.Email));
        Assert.That((await System.SignInAsync(person with { Password = "another long password" })).Text("access_token"), Is.Not.Empty);
    }

    [Test]
    public async Task A_link_works_once_even_when_opened_eight_times_at_once()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        await browser.SubmitAsync(page, "/signin/link", ("email", person.Email));
        var link = await System.LinkForAsync(person.Email, "sign-in");
        var ready = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var other = new Browser();
            return (Browser: other, Page: await other.OpenAsync(link));
        }));
        var opened = await Task.WhenAll(ready.Select(other => other.Browser.SubmitAsync(other.Page, "/link")));
        Assert.That(opened.Count(shown => shown.Address.Host == "web.test"), Is.EqualTo(1));
        Assert.That(opened.Count(shown => shown.Status == HttpStatusCode.Gone), Is.EqualTo(7));
        foreach (var (other, _) in ready)
        {
            other.Dispose();
        }

        using var late = new Browser();
        Assert.That((await late.OpenAsync(link)).Status, Is.EqualTo(HttpStatusCode.Gone));
    }

    [Test]
    public async Task Unknown_address_and_wrong_password_look_the_same_and_what_was_typed_is_kept()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        var wrong = await browser.SubmitAsync(page, "/signin", ("email", person.Email), ("password", "not the password"));
        var unknown = await browser.SubmitAsync(page, "/signin", ("email", "nobody@people.test"), ("password", "not the password"));
        Assert.Multiple(() =>
        {
            Assert.That(wrong.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
            Assert.That(unknown.Status, Is.EqualTo(wrong.Status));
            Assert.That(unknown.Text, Is.EqualTo(wrong.Text));
            Assert.That(wrong.Title, Does.StartWith("Error:"));
            Assert.That(wrong.Document.QuerySelector(".error-summary")!.GetAttribute("tabindex"), Is.EqualTo("-1"));
            Assert.That(wrong.Document.QuerySelector(".error-summary a")!.GetAttribute("href"), Is.EqualTo("#email"));
            Assert.That(wrong.Document.QuerySelector("#email")!.GetAttribute("value"), Is.EqualTo(person.Email));
            Assert.That(wrong.Document.QuerySelector("#password")!.GetAttribute("value"), Is.Null.Or.Empty, "a password never comes back");
        });
    }

    [Test]
    public async Task A_link_is_mailed_for_any_address_so_the_answer_tells_nothing()
    {
        var unknown = People.NewEmail();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        var answer = await browser.SubmitAsync(page, "/signin/link", ("email", unknown));
        Assert.That(answer.Title, Does.StartWith("Check your e-mail"));
        Assert.That(await System.LinkForAsync(unknown, "confirm-email"), Is.Not.Empty);
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE email = $1", unknown), Is.Zero, "an account comes into being only by opening the link");
    }

    [Test]
    public async Task Five_wrong_passwords_lock_the_account_for_the_right_one_too()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        for (var i = 0; i < Tries.Limit; i++)
        {
            await browser.SubmitAsync(page, "/signin", ("email", person.Email), ("password", "wrong password " + i));
        }

        var refused = await person.EnterAsync(browser, page);
        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(await CountAsync("locked-out", person), Is.EqualTo(1));
        Assert.That(await CountAsync("sign-in-refused", person), Is.EqualTo(1));
    }

    [Test]
    public async Task Thirty_guesses_at_the_same_time_are_still_five()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => browser.SubmitAsync(page, "/signin", ("email", person.Email), ("password", $"guess number {i}"))));
        Assert.That(await CountAsync("sign-in-failed", person), Is.EqualTo(Tries.Limit));
        Assert.That(await CountAsync("sign-in-refused", person), Is.EqualTo(30 - Tries.Limit));
    }

    [Test]
    public async Task The_right_password_forgets_wrong_ones_before_it()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, started) = await System.StartAsync(browser);
        for (var i = 0; i < Tries.Limit - 1; i++)
        {
            await browser.SubmitAsync(page, "/signin", ("email", person.Email), ("password", "wrong password " + i));
        }

        await System.FinishAsync(started, await person.EnterAsync(browser, page));
        Assert.That(await System.ScalarAsync<int>("SELECT access_failed_count FROM accounts WHERE email = $1", person.Email), Is.Zero);
    }

    [Test]
    public async Task An_interaction_opened_in_one_browser_cannot_be_used_in_another()
    {
        var attacker = await System.RegisterAsync();
        using var victim = new Browser();
        var (page, _) = await System.StartAsync(victim);
        using var other = new Browser();
        var stolen = await other.OpenAsync(page.Address.AbsoluteUri);
        Assert.That(stolen.Status, Is.EqualTo(HttpStatusCode.Gone));

        // Nor by posting a form of his own with the uid in it.
        var (own, _) = await System.StartAsync(other);
        var posted = await other.SubmitAsync(own, "/signin", ("uid", page.Query("uid")!), ("email", attacker.Email), ("password", attacker.Password));
        Assert.That(posted.Status, Is.EqualTo(HttpStatusCode.Gone));
    }

    [Test]
    public async Task An_old_interaction_is_refused()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        await System.ScalarAsync<object>("UPDATE sign_ins SET created_at = now() - interval '15 minutes 1 second' WHERE uid = $1", page.Query("uid")!);
        Assert.That((await person.EnterAsync(browser, page)).Status, Is.EqualTo(HttpStatusCode.Gone));
    }

    [Test]
    public async Task A_form_without_our_token_does_nothing()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        var answer = await browser.PostAsync(
            new Uri(page.Address, "/signin").AbsoluteUri, ("uid", page.Query("uid")!), ("email", person.Email), ("password", person.Password));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Outside_demo_mode_there_are_no_demo_buttons_and_no_such_address()
    {
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        Assert.That(page.Document.QuerySelector("#demo-h"), Is.Null);
        var answer = await browser.PostAsync(
            new Uri(page.Address, "/signin/demo").AbsoluteUri,
            ("uid", page.Query("uid")!), ("account", Guid.NewGuid().ToString()), ("__RequestVerificationToken", page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!));
        Assert.That(answer.Status, Is.AnyOf(HttpStatusCode.NotFound, HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed));
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE email LIKE '%@demo.example'"), Is.Zero);
    }

    [Test]
    public async Task Signing_out_everywhere_ends_sessions_and_refresh_tokens()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, started) = await System.StartAsync(browser);
        var tokens = await System.FinishAsync(started, await person.EnterAsync(browser, page));
        var (silent, _) = await System.StartAsync(browser, new { prompt = "none" });
        Assert.That(silent.Code, Is.Not.Null, "the session was there before");

        using var api = System.ApiFor(tokens);
        using var answer = await api.PostAsync(new Uri("/me/sign-out-everywhere", UriKind.Relative), null);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await RefreshAsync(tokens)).Text("error"), Is.EqualTo("invalid_grant"));
        (silent, _) = await System.StartAsync(browser, new { prompt = "none" });
        Assert.That(silent.Query("error"), Is.EqualTo("login_required"));
    }

    [Test]
    public async Task A_new_password_ends_what_the_old_one_opened()
    {
        var person = await System.RegisterAsync();
        var tokens = await System.SignInAsync(person);
        using var browser = new Browser();
        var page = await browser.OpenAsync(new Uri(System.Accounts.Address, "/forgot").AbsoluteUri);
        await browser.SubmitAsync(page, "/forgot", ("email", person.Email));
        page = await browser.OpenAsync(await System.LinkForAsync(person.Email, "reset-password"));
        var weak = await browser.SubmitAsync(page, "/link", ("password", "short"));
        Assert.That(weak.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), "a weak password is refused and does not spend the link");
        await browser.SubmitAsync(page, "/link", ("password", "a quite different password"));

        Assert.That((await RefreshAsync(tokens)).Text("error"), Is.EqualTo("invalid_grant"));
        using var again = new Browser();
        var (start, _) = await System.StartAsync(again);
        Assert.That((await person.EnterAsync(again, start)).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Somebody_else_may_sign_in_in_the_same_browser_without_scripts()
    {
        var (first, second) = (await System.RegisterAsync(), await System.RegisterAsync());
        using var browser = new Browser();
        var (page, started) = await System.StartAsync(browser);
        var old = await System.FinishAsync(started, await first.EnterAsync(browser, page));
        (page, started) = await System.StartAsync(browser, new { prompt = "login" });
        var tokens = await System.FinishAsync(started, await second.EnterAsync(browser, page));
        Assert.That(tokens["claims"]!.Text("email"), Is.EqualTo(second.Email));
        Assert.That((await RefreshAsync(old)).Text("error"), Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Signing_out_at_the_web_ends_the_session_at_once_and_asks_only_without_proof()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var (page, started) = await System.StartAsync(browser);
        var tokens = await System.FinishAsync(started, await person.EnterAsync(browser, page));

        var asked = await browser.OpenAsync($"{System.Issuer}/session/end");
        Assert.That(asked.Title, Does.StartWith("Sign out?"), "a link on another site cannot sign anybody out");
        var url = (await System.ClientAsync(new { step = "logout", idToken = tokens.Text("id_token"), redirectUri = IdentitySystem.SignedOut })).Text("url");
        var left = await browser.OpenAsync(url);
        Assert.That(left.Address.AbsoluteUri, Is.EqualTo("http://web.test/?state=bye"));
        Assert.That((await RefreshAsync(tokens)).Text("error"), Is.EqualTo("invalid_grant"));
        Assert.That((await System.StartAsync(browser, new { prompt = "none" })).Page.Query("error"), Is.EqualTo("login_required"));

        var foreign = await browser.OpenAsync($"{System.Issuer}/session/end?client_id=web&post_logout_redirect_uri=http%3A%2F%2Fevil.test%2F");
        Assert.That(foreign.Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static async Task<JsonNode> RefreshAsync(JsonNode tokens) =>
        await System.ClientAsync(new { step = "refresh", refreshToken = tokens.Text("refresh_token") });

    private static async Task<long> CountAsync(string kind, Person person) =>
        await System.ScalarAsync<long>("SELECT count(*) FROM audit WHERE kind = $1 AND account_id = (SELECT id FROM accounts WHERE email = $2)", kind, person.Email);
}
