using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedTourism.Contracts.Identity;
using MedTourism.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MedTourism.Identity.Tests;

public sealed class StaffTests
{
    private static IdentitySystem System => Shared.System;

    [Test]
    public async Task The_first_operator_comes_by_the_invitation_of_the_first_start()
    {
        var token = new JsonWebToken(Shared.OperatorTokens.Text("access_token"));
        Assert.That(token.GetClaim("org_kind").Value, Is.EqualTo("operator"));
        Assert.That(token.Claims.Where(claim => claim.Type == "role").Select(claim => claim.Value), Is.EqualTo(new[] { "operator" }));
        Assert.That(Shared.OperatorTokens["claims"]!["amr"]!.AsArray().Select(method => method!.ToString()), Is.EquivalentTo(new[] { "email", "otp", "pwd" }));
        await Eventually.That(
            () => System.Accounts.Received<OrganisationCreated>().Any(created => created.Kind == "operator"), "OrganisationCreated was not published.");
    }

    [Test]
    public async Task A_clinic_admin_is_invited_sets_up_the_second_step_and_acts_for_the_center()
    {
        var center = $"center-{Guid.NewGuid():N}";
        var (organisation, _, tokens) = await Shared.AdmitAsync("clinic", center);
        var token = new JsonWebToken(tokens.Text("access_token"));
        Assert.Multiple(() =>
        {
            Assert.That(token.GetClaim("org").Value, Is.EqualTo(organisation.ToString()));
            Assert.That(token.GetClaim("org_kind").Value, Is.EqualTo("clinic"));
            Assert.That(token.GetClaim("org_ref").Value, Is.EqualTo(center));
            Assert.That(token.Claims.Where(claim => claim.Type == "role").Select(claim => claim.Value), Is.EqualTo(new[] { "admin" }));
        });
        await Eventually.That(
            () => System.Accounts.Received<MemberChanged>().Any(changed => changed.OrganisationId == organisation && changed.Roles is ["admin"]),
            "MemberChanged was not published.");
        await Eventually.That(
            () => System.Accounts.Received<OrganisationCreated>().Any(created => created.OrganisationId == organisation && created.ExternalRef == center),
            "OrganisationCreated was not published.");
    }

    [Test]
    public async Task Staff_without_a_second_step_get_no_session_by_any_way_around_it()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        await InviteAsync(tokens, organisation, email, "agent");
        using var browser = new Browser();
        var (start, _) = await System.StartAsync(browser);
        var resume = $"{System.Issuer}/auth/{start.Query("uid")}";
        var page = await browser.OpenAsync(await System.LinkForAsync(email, "invitation"));
        page = await browser.SubmitAsync(page, "/link", ("name", People.Name), ("password", People.Password));
        Assert.That(page.Address.AbsolutePath, Is.EqualTo("/signin/second-factor"));

        var around = await browser.OpenAsync(resume);
        Assert.That(around.Code, Is.Null, "going back to the engine gives no code");

        // That resume spent the interaction, so the next ways are tried in a new one.
        var person = new Person(email, People.Password);
        (start, _) = await System.StartAsync(browser, new { prompt = "login" });
        page = await person.EnterAsync(browser, start);
        Assert.That(page.Address.AbsolutePath, Is.EqualTo("/signin/second-factor"));
        var self = await browser.SubmitAsync(page, "/signin/second-factor", ("code", "000000"));
        Assert.That(self.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        var chosen = await browser.OpenAsync(new Uri(page.Address, $"/signin/organisation?uid={page.Query("uid")}").AbsoluteUri);
        chosen = await browser.SubmitAsync(chosen, "/signin/organisation", ("organisation", "self"));
        Assert.That(chosen.Code, Is.Null);
        Assert.That(chosen.Status, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That((await browser.OpenAsync(page.Address.AbsoluteUri.Replace("second-factor", "code", StringComparison.Ordinal))).Code, Is.Null);
        Assert.That((await System.StartAsync(browser, new { prompt = "none" })).Page.Query("error"), Is.EqualTo("login_required"));
    }

    [Test]
    public async Task A_mailbox_alone_does_not_decide_which_phone_becomes_the_second_step()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var patient = await System.RegisterAsync();
        await InviteAsync(tokens, organisation, patient.Email, "agent");
        using var browser = new Browser();
        await System.StartAsync(browser);
        var page = await browser.OpenAsync(await System.LinkForAsync(patient.Email, "invitation"));
        page = await browser.SubmitAsync(page, "/link", ("name", People.Name));
        Assert.That(page.Address.AbsolutePath, Is.EqualTo("/signin"));
        Assert.That(page.Text, Does.Contain("sign in with your password"));
        page = await patient.EnterAsync(browser, page);
        Assert.That((await People.EnrolAsync(browser, page, patient)).Code, Is.Not.Null);
    }

    [Test]
    public async Task A_code_is_good_once()
    {
        var (_, admin, _) = await Shared.AdmitAsync("agency");
        using var browser = new Browser();
        var (page, _) = await System.StartAsync(browser);
        page = await browser.SubmitAsync(page, "/signin", ("email", admin.Email), ("password", admin.Password));
        var code = admin.NextCode();
        Assert.That((await browser.SubmitAsync(page, "/signin/code", ("code", code))).Code, Is.Not.Null);
        using var other = new Browser();
        (page, _) = await System.StartAsync(other);
        page = await other.SubmitAsync(page, "/signin", ("email", admin.Email), ("password", admin.Password));
        var again = await other.SubmitAsync(page, "/signin/code", ("code", code));
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Knowing_the_password_does_not_buy_more_guesses_of_the_code()
    {
        var (_, admin, _) = await Shared.AdmitAsync("agency");
        for (var i = 0; i < Accounts.Tries.Limit; i++)
        {
            using var browser = new Browser();
            var (page, _) = await System.StartAsync(browser);
            page = await browser.SubmitAsync(page, "/signin", ("email", admin.Email), ("password", admin.Password));
            Assert.That((await browser.SubmitAsync(page, "/signin/code", ("code", "x" + i))).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        }

        using var last = new Browser();
        var (start, _) = await System.StartAsync(last);
        Assert.That((await admin.EnterAsync(last, start)).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), "locked");
    }

    [Test]
    public async Task A_changed_role_is_audited_announced_and_in_the_next_token()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("clinic", $"center-{Guid.NewGuid():N}");
        var email = People.NewEmail();
        await InviteAsync(tokens, organisation, email, "scheduler");
        var (person, theirs) = await System.AcceptAsync(email);
        var account = new JsonWebToken(theirs.Text("access_token")).Subject;

        using var api = System.ApiFor(tokens);
        using var changed = await api.PutAsJsonAsync($"/organisations/{organisation}/members/{account}", new { roles = new[] { "doctor", "scheduler" } });
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.NoContent), await changed.Content.ReadAsStringAsync());
        Assert.That(
            await System.ScalarAsync<string>("SELECT detail FROM audit WHERE kind = 'roles-changed' AND account_id = $1 AND organisation_id = $2 AND actor_id IS NOT NULL", Guid.Parse(account), organisation),
            Is.EqualTo("doctor scheduler"));
        await Eventually.That(
            () => System.Accounts.Received<MemberChanged>().Any(message => message.AccountId.ToString() == account && message.Roles.Contains("doctor")), "MemberChanged was not published.");

        var next = await System.SignInAsync(person);
        Assert.That(
            new JsonWebToken(next.Text("access_token")).Claims.Where(claim => claim.Type == "role").Select(claim => claim.Value), Is.EquivalentTo(new[] { "doctor", "scheduler" }));

        using var removed = await api.DeleteAsync(new Uri($"/organisations/{organisation}/members/{account}", UriKind.Relative));
        Assert.That(removed.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        var refresh = await System.ClientAsync(new { step = "refresh", refreshToken = next.Text("refresh_token") });
        Assert.That(refresh.Text("error"), Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Roles_are_read_anew_with_every_refresh_even_if_nobody_ended_the_session()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        await System.ScalarAsync<object>("UPDATE memberships SET roles = '{agent}' WHERE organisation_id = $1", organisation);
        var refreshed = await System.ClientAsync(new { step = "refresh", refreshToken = tokens.Text("refresh_token") });
        Assert.That(new JsonWebToken(refreshed.Text("access_token")).GetClaim("role").Value, Is.EqualTo("agent"));
        await System.ScalarAsync<object>("DELETE FROM memberships WHERE organisation_id = $1", organisation);
        Assert.That((await System.ClientAsync(new { step = "refresh", refreshToken = refreshed.Text("refresh_token") })).Text("error"), Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Only_its_own_administrators_see_and_change_an_organisation()
    {
        var (organisation, admin, tokens) = await Shared.AdmitAsync("agency");
        var (_, _, strangers) = await Shared.AdmitAsync("agency");
        var agent = People.NewEmail();
        await InviteAsync(tokens, organisation, agent, "agent");
        var (_, agents) = await System.AcceptAsync(agent);
        var account = new JsonWebToken(tokens.Text("access_token")).Subject;
        foreach (var outsider in new[] { strangers, agents, Shared.OperatorTokens })
        {
            using var api = System.ApiFor(outsider);
            using var list = await api.GetAsync(new Uri($"/organisations/{organisation}/members", UriKind.Relative));
            using var invite = await api.PostAsJsonAsync($"/organisations/{organisation}/invitations", new { email = People.NewEmail(), roles = new[] { "admin" } });
            using var change = await api.PutAsJsonAsync($"/organisations/{organisation}/members/{account}", new { roles = new[] { "agent" } });
            using var remove = await api.DeleteAsync(new Uri($"/organisations/{organisation}/members/{account}", UriKind.Relative));
            Assert.That(new[] { list, invite, change, remove }.Select(response => response.StatusCode), Is.All.EqualTo(HttpStatusCode.NotFound));
        }

        using var own = System.ApiFor(tokens);
        var members = (await own.GetFromJsonAsync<JsonNode>($"/organisations/{organisation}/members"))!;
        Assert.That(members["members"]!.AsArray().Select(member => member!.Text("email")), Is.EquivalentTo(new[] { admin.Email, agent }));
    }

    [Test]
    public async Task Of_two_last_administrators_who_remove_each_other_one_stays()
    {
        var (organisation, _, first) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        await InviteAsync(first, organisation, email, "admin");
        var (_, second) = await System.AcceptAsync(email);
        using var one = System.ApiFor(first);
        using var two = System.ApiFor(second);
        var answers = await Task.WhenAll(
            one.DeleteAsync(new Uri($"/organisations/{organisation}/members/{new JsonWebToken(second.Text("access_token")).Subject}", UriKind.Relative)),
            two.DeleteAsync(new Uri($"/organisations/{organisation}/members/{new JsonWebToken(first.Text("access_token")).Subject}", UriKind.Relative)));
        Assert.That(answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent), Is.EqualTo(1));
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM memberships WHERE organisation_id = $1", organisation), Is.EqualTo(1));
    }

    [Test]
    public async Task A_person_of_two_organisations_chooses_for_whom_they_work()
    {
        var (_, admin, tokens) = await Shared.AdmitAsync("agency");
        var (second, _, others) = await Shared.AdmitAsync("clinic", $"center-{Guid.NewGuid():N}");
        await InviteAsync(others, second, admin.Email, "doctor");
        using var browser = new Browser();
        var page = await browser.OpenAsync(await NewestAsync(admin.Email, second));
        await browser.SubmitAsync(page, "/link");

        using var fresh = new Browser();
        var (start, started) = await System.StartAsync(fresh);
        page = await admin.EnterAsync(fresh, start);
        Assert.That(page.Address.AbsolutePath, Is.EqualTo("/signin/organisation"));
        var stranger = await fresh.SubmitAsync(page, "/signin/organisation", ("organisation", Guid.NewGuid().ToString()));
        Assert.That(stranger.Code, Is.Null);
        var chosen = await System.FinishAsync(started, await fresh.SubmitAsync(page, "/signin/organisation", ("organisation", second.ToString())));
        Assert.That(new JsonWebToken(chosen.Text("access_token")).GetClaim("org").Value, Is.EqualTo(second.ToString()));
        Assert.That(new JsonWebToken(tokens.Text("access_token")).GetClaim("org").Value, Is.Not.EqualTo(second.ToString()));
    }

    private static async Task<string> NewestAsync(string email, Guid organisation)
    {
        var name = await System.ScalarAsync<string>("SELECT name FROM organisations WHERE id = $1", organisation);
        var mail = await Eventually.Get(
            () => Task.FromResult(System.Accounts.Received<AccountLinkRequested>().LastOrDefault(mail => mail.Email == email && mail.OrganisationName == name)), "No invitation.");
        return new Uri(System.Accounts.Address, new Uri(mail.Link).PathAndQuery).AbsoluteUri;
    }

    internal static async Task InviteAsync(JsonNode tokens, Guid organisation, string email, string role)
    {
        using var api = System.ApiFor(tokens);
        using var invited = await api.PostAsJsonAsync($"/organisations/{organisation}/invitations", new { email, roles = new[] { role }, culture = "en" });
        Assert.That(invited.StatusCode, Is.EqualTo(HttpStatusCode.Accepted), await invited.Content.ReadAsStringAsync());
    }
}
