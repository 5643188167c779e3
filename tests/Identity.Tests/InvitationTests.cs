using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedTourism.Contracts.Identity;
using MedTourism.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MedTourism.Identity.Tests;

/// <summary>Invitations that wait, are sent again, replaced, taken back and accepted, also at the same moment.</summary>
public sealed class InvitationTests
{
    private static IdentitySystem System => Shared.System;

    [Test]
    public async Task An_invitation_sent_again_has_a_new_link_and_the_old_one_ends()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        await StaffTests.InviteAsync(tokens, organisation, email, "agent");
        var first = await LinkAsync(email, 1);
        using var api = System.ApiFor(tokens);
        var waiting = (await WaitingAsync(api, organisation)).Single()!;
        Assert.That(waiting.Text("email"), Is.EqualTo(email));
        Assert.That(waiting["roles"]!.AsArray().Select(role => role!.ToString()), Is.EqualTo(new[] { "agent" }));

        using var again = await api.PostAsync(Invitation(organisation, waiting, "/resend"), null);

        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.Accepted), await again.Content.ReadAsStringAsync());
        var second = await LinkAsync(email, 2);
        using var browser = new Browser();
        Assert.That((await browser.OpenAsync(first)).Status, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That((await browser.OpenAsync(second)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await WaitingAsync(api, organisation), Has.Count.EqualTo(1));
        using var old = await api.PostAsync(Invitation(organisation, waiting, "/resend"), null);
        Assert.That(await SlugAsync(old), Is.EqualTo("invitation-unknown"));
    }

    [Test]
    public async Task An_invitation_taken_back_opens_nothing()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        await StaffTests.InviteAsync(tokens, organisation, email, "agent");
        var link = await LinkAsync(email, 1);
        using var api = System.ApiFor(tokens);
        var waiting = (await WaitingAsync(api, organisation)).Single()!;

        using var taken = await api.DeleteAsync(Invitation(organisation, waiting));

        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        using var browser = new Browser();
        Assert.That((await browser.OpenAsync(link)).Status, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(await WaitingAsync(api, organisation), Is.Empty);
        using var twice = await api.DeleteAsync(Invitation(organisation, waiting));
        Assert.That(await SlugAsync(twice), Is.EqualTo("invitation-unknown"));
    }

    [Test]
    public async Task One_that_ran_out_is_still_told_and_can_be_sent_again()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        await StaffTests.InviteAsync(tokens, organisation, email, "agent");
        await System.ScalarAsync<object>("UPDATE account_links SET expires_at = now() - interval '1 minute' WHERE email = $1", email);
        using var api = System.ApiFor(tokens);
        using var again = await api.PostAsync(Invitation(organisation, (await WaitingAsync(api, organisation)).Single()!, "/resend"), null);
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        using var browser = new Browser();
        Assert.That((await browser.OpenAsync(await LinkAsync(email, 2))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Others_can_neither_take_an_invitation_back_nor_send_it_again()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var (other, _, strangers) = await Shared.AdmitAsync("agency");
        await StaffTests.InviteAsync(tokens, organisation, People.NewEmail(), "agent");
        using var own = System.ApiFor(tokens);
        var waiting = (await WaitingAsync(own, organisation)).Single()!;
        foreach (var (caller, through) in new[] { (strangers, organisation), (strangers, other), (Shared.OperatorTokens, organisation) })
        {
            using var api = System.ApiFor(caller);
            using var again = await api.PostAsync(Invitation(through, waiting, "/resend"), null);
            using var taken = await api.DeleteAsync(Invitation(through, waiting));
            Assert.That(new[] { again.StatusCode, taken.StatusCode }, Is.All.EqualTo(HttpStatusCode.NotFound));
        }

        Assert.That(await WaitingAsync(own, organisation), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Who_is_a_member_already_is_not_invited_again()
    {
        var (organisation, admin, tokens) = await Shared.AdmitAsync("agency");
        using var api = System.ApiFor(tokens);
        using var answer = await api.PostAsJsonAsync($"/organisations/{organisation}/invitations", new { email = admin.Email.ToUpperInvariant(), roles = new[] { "agent" } });
        Assert.That(await SlugAsync(answer), Is.EqualTo("already-member"));
    }

    [Test]
    public async Task An_invitation_accepted_late_takes_no_role_from_the_last_administrator()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var late = await System.RegisterAsync();
        await StaffTests.InviteAsync(tokens, organisation, late.Email, "agent");
        await System.ScalarAsync<object>("DELETE FROM memberships WHERE organisation_id = $1", organisation);
        await System.ScalarAsync<object>("INSERT INTO memberships (organisation_id, account_id, roles) SELECT $1, id, '{admin}' FROM accounts WHERE email = $2", organisation, late.Email);

        using var browser = new Browser();
        await browser.SubmitAsync(await browser.OpenAsync(await LinkAsync(late.Email, 1)), "/link", ("name", People.Name));

        Assert.That(await System.ScalarAsync<string[]>("SELECT roles FROM memberships WHERE organisation_id = $1", organisation), Is.EquivalentTo(new[] { "admin", "agent" }));
        await Eventually.That(
            () => System.Accounts.Received<MemberChanged>().Any(changed => changed.OrganisationId == organisation && changed.Roles.Length == 2), "both roles were not announced");
    }

    [TestCase("clinic"), TestCase("agency"), TestCase("operator")]
    public async Task Who_accepts_tells_a_name_and_colleagues_see_it(string kind)
    {
        var (organisation, tokens) = kind == "operator" ? (await OperatorAsync(), Shared.OperatorTokens) : await AdmitAsync(kind);
        var (email, role) = (People.NewEmail(), kind switch { "clinic" => "doctor", "agency" => "agent", _ => "operator" });
        await StaffTests.InviteAsync(tokens, organisation, email, role);
        using var browser = new Browser();
        var page = await browser.OpenAsync(await LinkAsync(email, 1));
        foreach (var (typed, says) in new[] { ("", "Enter your name"), ("42", "Write it with letters"), (new string('A', 121), "Write it with letters"), ("An\u202Ena", "Write it with letters") })
        {
            page = await browser.SubmitAsync(page, "/link", ("name", typed), ("password", People.Password));
            Assert.That(page.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), typed);
            Assert.That(page.Document.QuerySelector("#name-error")!.TextContent, Does.StartWith(says));
            Assert.That(page.Document.QuerySelector("#name")!.GetAttribute("value"), Is.EqualTo(typed), "what was typed stays");
        }

        await browser.SubmitAsync(page, "/link", ("name", "  Sukarno "), ("password", People.Password));

        using var api = System.ApiFor(tokens);
        var people = await api.GetFromJsonAsync<JsonNode>($"/organisations/{organisation}/members");
        Assert.That(people!["members"]!.AsArray().Single(member => member!.Text("email") == email)!.Text("name"), Is.EqualTo("Sukarno"));

        async Task<(Guid, JsonNode)> AdmitAsync(string which)
        {
            var (id, _, admin) = await Shared.AdmitAsync(which, which == "clinic" ? $"center-{Guid.NewGuid():N}" : null);
            return (id, admin);
        }

        static Task<Guid> OperatorAsync() => System.ScalarAsync<Guid>("SELECT id FROM organisations WHERE kind = 'operator'");
    }

    [Test]
    public async Task Who_has_told_a_name_is_not_asked_again_and_keeps_it()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var (_, guest, _) = await Shared.AdmitAsync("agency");
        await StaffTests.InviteAsync(tokens, organisation, guest.Email, "agent");
        using var browser = new Browser();
        var page = await browser.OpenAsync(await LinkAsync(guest.Email, 2));
        Assert.That(page.Document.QuerySelector("#name"), Is.Null);

        await browser.SubmitAsync(page, "/link", ("name", "Somebody Else"));

        Assert.That(await System.ScalarAsync<string>("SELECT name FROM accounts WHERE email = $1", guest.Email), Is.EqualTo(People.Name));
    }

    [Test]
    public async Task Taken_back_and_accepted_at_the_same_moment_only_one_happens([Range(1, 4)] int round)
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var (email, browser, page) = await AboutToAcceptAsync(tokens, organisation, "agent");
        using var api = System.ApiFor(tokens);
        var waiting = (await WaitingAsync(api, organisation)).Single()!;

        var (take, accept) = (api.DeleteAsync(Invitation(organisation, waiting)), browser.SubmitAsync(page, "/link", ("name", People.Name), ("password", People.Password)));
        using var taken = await take;
        await accept;

        Assert.That(await IsMemberAsync(organisation, email), Is.EqualTo(taken.StatusCode != HttpStatusCode.NoContent), $"round {round}");
        browser.Dispose();
    }

    [Test]
    public async Task Invited_with_less_while_accepting_more_a_person_never_is_a_member_with_an_open_invitation([Range(1, 4)] int round)
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var (email, browser, page) = await AboutToAcceptAsync(tokens, organisation, "admin");
        using var api = System.ApiFor(tokens);

        var (invite, accept) = (
            api.PostAsJsonAsync($"/organisations/{organisation}/invitations", new { email, roles = new[] { "agent" } }), browser.SubmitAsync(page, "/link", ("name", People.Name), ("password", People.Password)));
        using var invited = await invite;
        await accept;

        var joined = await IsMemberAsync(organisation, email);
        Assert.That(invited.StatusCode, Is.EqualTo(joined ? HttpStatusCode.Conflict : HttpStatusCode.Accepted), $"round {round}");
        Assert.That(await WaitingAsync(api, organisation), Has.Count.EqualTo(joined ? 0 : 1), $"round {round}");
        browser.Dispose();
    }

    [Test]
    public async Task A_form_sent_twice_is_one_letter()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        using var api = System.ApiFor(tokens);
        api.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => api.PostAsJsonAsync($"/organisations/{organisation}/invitations", new { email, roles = new[] { "agent" } })));
        Assert.That(answers.Select(answer => answer.StatusCode), Is.All.EqualTo(HttpStatusCode.Accepted));
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM account_links WHERE email = $1", email), Is.EqualTo(1));
    }

    [TestCase("", "agent", "email")]
    [TestCase("nobody@localhost", "agent", "email")]
    [TestCase("somebody@people.test", "operator", "roles")]
    [TestCase("somebody@people.test", null, "roles")]
    public async Task What_cannot_be_an_invitation_is_refused_by_field(string email, string? role, string field)
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        using var api = System.ApiFor(tokens);
        using var answer = await api.PostAsJsonAsync($"/organisations/{organisation}/invitations", new { email, roles = role is null ? null : new[] { role } });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsObject().Select(error => error.Key), Is.EqualTo(new[] { field }));
    }

    [Test]
    public async Task Of_two_administrators_who_take_the_role_from_each_other_one_keeps_it([Range(1, 4)] int round)
    {
        var (organisation, _, first) = await Shared.AdmitAsync("agency");
        var email = People.NewEmail();
        await StaffTests.InviteAsync(first, organisation, email, "admin");
        var (_, second) = await System.AcceptAsync(email);
        using var one = System.ApiFor(first);
        using var two = System.ApiFor(second);
        var answers = await Task.WhenAll(
            one.PutAsJsonAsync($"/organisations/{organisation}/members/{Subject(second)}", new { roles = new[] { "agent" } }),
            two.PutAsJsonAsync($"/organisations/{organisation}/members/{Subject(first)}", new { roles = new[] { "agent" } }));
        Assert.That(answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent), Is.EqualTo(1), $"round {round}");
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM memberships WHERE organisation_id = $1 AND 'admin' = ANY (roles)", organisation), Is.EqualTo(1));
    }

    [Test]
    public async Task The_last_administrator_can_neither_leave_nor_lose_the_role()
    {
        var (organisation, _, tokens) = await Shared.AdmitAsync("agency");
        using var api = System.ApiFor(tokens);
        using var lowered = await api.PutAsJsonAsync($"/organisations/{organisation}/members/{Subject(tokens)}", new { roles = new[] { "agent" } });
        using var left = await api.DeleteAsync(new Uri($"/organisations/{organisation}/members/{Subject(tokens)}", UriKind.Relative));
        using var emptied = await api.PutAsJsonAsync($"/organisations/{organisation}/members/{Subject(tokens)}", new { roles = Array.Empty<string>() });
        Assert.That(new[] { await SlugAsync(lowered), await SlugAsync(left), await SlugAsync(emptied) }, Is.EqualTo(new[] { "last-administrator", "last-administrator", "invalid-fields" }));
    }

    internal static async Task<string> SlugAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.Text("type").Split(':')[^1];

    /// <summary>The link of the newest letter, once <paramref name="count"/> letters went to <paramref name="email"/>.</summary>
    internal static async Task<string> LinkAsync(string email, int count)
    {
        await Eventually.That(() => System.Accounts.Received<AccountLinkRequested>().Count(mail => mail.Email == email && mail.Purpose == "invitation") == count, $"not {count} letters to {email}");
        return await System.LinkForAsync(email, "invitation");
    }

    private static string Subject(JsonNode tokens) => new JsonWebToken(tokens.Text("access_token")).Subject;

    private static Uri Invitation(Guid organisation, JsonNode waiting, string what = "") => new($"/organisations/{organisation}/invitations/{waiting.Text("id")}{what}", UriKind.Relative);

    private static async Task<JsonArray> WaitingAsync(HttpClient api, Guid organisation) => (await api.GetFromJsonAsync<JsonNode>($"/organisations/{organisation}/members"))!["invitations"]!.AsArray();

    private static async Task<bool> IsMemberAsync(Guid organisation, string email) =>
        await System.ScalarAsync<long>("SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.organisation_id = $1 AND a.email = $2", organisation, email) == 1;

    /// <summary>Somebody invited who looks at the page of the letter.</summary>
    private static async Task<(string Email, Browser Browser, Shown Page)> AboutToAcceptAsync(JsonNode tokens, Guid organisation, string role)
    {
        var (email, browser) = (People.NewEmail(), new Browser());
        await StaffTests.InviteAsync(tokens, organisation, email, role);
        return (email, browser, await browser.OpenAsync(await LinkAsync(email, 1)));
    }
}
