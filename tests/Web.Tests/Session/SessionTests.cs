using System.Net;
using MedTourism.TestKit;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Session;

/// <summary>How a session lives and ends.</summary>
public sealed class SessionTests
{
    private const string Page = "/en/agency/agreement";

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        site.Identity.Answers["GET /agency/agreement"] = _ => Results.Problem(statusCode: 404);
    }

    [SetUp]
    public Task ResetAsync() => site.ResetAsync();

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [TestCase("last_seen_at = now() - interval '12 hours 1 second'")]
    [TestCase("expires_at = now()")]
    public async Task A_session_that_ran_out_asks_to_sign_in_again(string change)
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        Assert.That((await browser.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        await site.ExecuteAsync($"UPDATE session SET {change}");

        var response = await browser.GetAsync(Page);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/en/sign-in?return=%2Fen%2Fagency%2Fagreement"));
    }

    [Test]
    public async Task Use_keeps_a_session_alive()
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        await site.ExecuteAsync("UPDATE session SET last_seen_at = now() - interval '11 hours'");

        await browser.GetAsync(Page);

        Assert.That(await site.CountAsync("SELECT count(*) FROM session WHERE last_seen_at > now() - interval '1 minute'"), Is.EqualTo(1));
    }

    [Test]
    public async Task Two_requests_at_once_refresh_once()
    {
        site.Identity.AccessSeconds = 1;
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        site.Identity.AccessSeconds = 600;
        site.Identity.RefreshGate = new();

        var first = browser.GetAsync(Page);
        await Eventually.That(() => site.Identity.Refreshes == 1, "The first request did not refresh.");
        var second = browser.GetAsync(Page);
        await Eventually.That(
            async () => await site.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 1,
            "The second request did not wait for the first.");
        site.Identity.RefreshGate.SetResult();

        Assert.That((await first).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await second).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(site.Identity.Refreshes, Is.EqualTo(1));
        var used = site.Identity.Received.Where(received => received.Request == "GET /agency/agreement").Select(received => received.Authorization).ToArray();
        Assert.That(used, Has.Length.EqualTo(2).And.All.EqualTo(used[0]).And.All.StartsWith("Bearer access-"));
    }

    [Test]
    public async Task A_refused_refresh_ends_the_session()
    {
        site.Identity.AccessSeconds = 1;
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        site.Identity.RefreshRefused = true;

        var response = await browser.GetAsync(Page);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(response.Headers.Location!.OriginalString, Does.StartWith("/en/sign-in"));
        Assert.That(await site.SessionsAsync(), Is.Zero);
    }

    [Test]
    public async Task A_provider_that_is_away_ends_nothing()
    {
        site.Identity.AccessSeconds = 1;
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        site.Identity.RefreshAway = true;

        Assert.That((await browser.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await site.SessionsAsync(), Is.EqualTo(1));

        site.Identity.RefreshAway = false;
        Assert.That((await browser.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Rights_that_were_taken_away_are_gone_with_the_next_refresh()
    {
        site.Identity.AccessSeconds = 1;
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        site.Identity.SignsIn("anna");

        Assert.That((await browser.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Another_persons_tokens_never_enter_a_session()
    {
        site.Identity.AccessSeconds = 1;
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        site.Identity.SignsIn("boris", "agency", "agent");

        Assert.That((await browser.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(await site.SessionsAsync(), Is.Zero);
    }

    [Test]
    public async Task Content_copied_to_another_row_is_worth_nothing()
    {
        using var anna = await site.SignInAsync("anna", "agency", "agent");
        using var boris = await site.SignInAsync("boris");

        await site.ExecuteAsync("UPDATE session SET content = (SELECT content FROM session WHERE subject = 'anna') WHERE subject = 'boris'");

        Assert.That((await boris.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
    }

    [Test]
    public async Task Signing_out_deletes_the_session_and_ends_it_at_the_provider()
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Page));

        var response = await StaffSite.SubmitAsync(browser, page, "/session/sign-out");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(response.Headers.Location!.OriginalString, Does.StartWith($"{site.Identity.Url}/end?id_token_hint=ey").And.Contain("post_logout_redirect_uri=http%3A%2F%2Flocalhost%2Fsession%2Fsigned-out"));
        Assert.That(await site.SessionsAsync(), Is.Zero);
        Assert.That((await browser.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
    }

    [Test]
    public async Task Signing_out_works_while_the_provider_is_away()
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Page));
        // Its access token has run out, and nobody gives a new one.
        site.Identity.AccessSeconds = 1;
        await site.FinishAsync(browser, await StaffSite.BeginAsync(browser));
        site.Identity.RefreshAway = true;

        var response = await StaffSite.SubmitAsync(browser, page, "/session/sign-out");

        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/en"));
        Assert.That(await site.SessionsAsync(), Is.Zero);
    }

    [TestCase("/session/sign-out"), TestCase("/session/sign-out-everywhere")]
    public async Task Nobody_is_signed_out_by_another_site(string action)
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        using var form = new FormUrlEncodedContent([new("culture", "en")]);

        var response = await browser.PostAsync(action, form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await site.SessionsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Signing_out_everywhere_ends_all_sessions_of_the_person_and_of_nobody_else()
    {
        using var phone = await site.SignInAsync("anna", "agency", "agent");
        using var other = await site.SignInAsync("boris", "agency", "agent");
        using var desk = await site.SignInAsync("anna", "agency", "agent");
        var page = await StaffSite.PageAsync(await desk.GetAsync(Page));

        await StaffSite.SubmitAsync(desk, page, "/session/sign-out-everywhere");

        Assert.That(site.Identity.Received.Where(received => received.Request == "POST /me/sign-out-everywhere").Select(received => received.Authorization), Has.Exactly(1).StartsWith("Bearer access-"));
        Assert.That((await phone.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That((await other.GetAsync(Page)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Signed_out_everywhere_is_not_said_before_it_is_true()
    {
        using var browser = await site.SignInAsync("anna", "agency", "agent");
        var page = await StaffSite.PageAsync(await browser.GetAsync(Page));
        site.Identity.AccountsAway = true;

        var response = await StaffSite.SubmitAsync(browser, page, "/session/sign-out-everywhere");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await site.SessionsAsync(), Is.EqualTo(1));
    }
}
