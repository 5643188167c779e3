using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedTourism.Identity.Demo;
using MedTourism.Identity.Organisations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MedTourism.Identity.Tests;

/// <summary>What the operator sees of organisations and may do for one that nobody administers yet.</summary>
public sealed class OrganisationTests
{
    private static IdentitySystem System => Shared.System;

    [Test]
    public async Task The_operator_sees_every_organisation_with_the_number_of_its_people_and_others_see_none()
    {
        var (organisation, admin, tokens) = await Shared.AdmitAsync("clinic", $"center-{Guid.NewGuid():N}");
        using var api = System.ApiFor(Shared.OperatorTokens);
        var (waiting, email) = await Shared.CreateAsync();

        var all = (await api.GetFromJsonAsync<JsonNode>("/organisations?kind=agency"))!;
        var mine = Item(all, waiting);
        Assert.That((mine["members"]!.GetValue<int>(), mine["administered"]!.GetValue<bool>(), mine["firstAdministrator"]!.Text("email")), Is.EqualTo((0, false, email)));
        Assert.That(all["items"]!.AsArray().Select(item => item!.Text("kind")), Is.All.EqualTo("agency"));
        Assert.That(all["totals"]!["operator"]!.GetValue<int>(), Is.EqualTo(1));

        var clinic = Item((await api.GetFromJsonAsync<JsonNode>("/organisations"))!, organisation);
        Assert.That((clinic["members"]!.GetValue<int>(), clinic["administered"]!.GetValue<bool>(), clinic["firstAdministrator"]), Is.EqualTo((1, true, (JsonNode?)null)));
        Assert.That((await api.GetFromJsonAsync<JsonNode>($"/organisations/{organisation}"))!.ToJsonString(), Is.EqualTo(clinic.ToJsonString()));
        Assert.That(clinic.ToJsonString(), Does.Not.Contain(admin.Email), "its people are its own affair");

        using var others = System.ApiFor(tokens);
        using var refused = await others.GetAsync(new Uri("/organisations", UriKind.Relative));
        using var one = await others.GetAsync(new Uri($"/organisations/{organisation}", UriKind.Relative));
        Assert.That(new[] { refused.StatusCode, one.StatusCode }, Is.All.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task The_operator_invites_another_first_administrator_and_the_wrong_one_comes_too_late()
    {
        using var api = System.ApiFor(Shared.OperatorTokens);
        var (organisation, wrong) = await Shared.CreateAsync();
        var old = await InvitationTests.LinkAsync(wrong, 1);
        var right = People.NewEmail();

        using var invited = await InviteAsync(api, organisation, right);

        Assert.That(invited.StatusCode, Is.EqualTo(HttpStatusCode.Accepted), await invited.Content.ReadAsStringAsync());
        using var browser = new Browser();
        Assert.That((await browser.OpenAsync(old)).Status, Is.EqualTo(HttpStatusCode.Gone));
        var (_, tokens) = await System.AcceptAsync(right);
        using var late = await InviteAsync(api, organisation, wrong);
        Assert.That(await InvitationTests.SlugAsync(late), Is.EqualTo("has-administrator"));
        using var own = System.ApiFor(tokens);
        using var refused = await InviteAsync(own, organisation, wrong);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Accepted_and_invited_anew_at_the_same_moment_an_organisation_has_one_first_administrator([Range(1, 4)] int round)
    {
        using var api = System.ApiFor(Shared.OperatorTokens);
        var (organisation, first) = await Shared.CreateAsync();
        using var browser = new Browser();
        var page = await browser.OpenAsync(await InvitationTests.LinkAsync(first, 1));

        var (invite, accept) = (InviteAsync(api, organisation, People.NewEmail()), browser.SubmitAsync(page, "/link", ("name", People.Name), ("password", People.Password)));
        using var invited = await invite;
        await accept;

        var joined = await System.ScalarAsync<long>("SELECT count(*) FROM memberships WHERE organisation_id = $1", organisation);
        Assert.That((joined, invited.StatusCode), Is.EqualTo((1L, HttpStatusCode.Conflict)).Or.EqualTo((0L, HttpStatusCode.Accepted)), $"round {round}");
    }

    [Test]
    public async Task What_is_missing_for_a_new_organisation_is_named_field_by_field()
    {
        using var api = System.ApiFor(Shared.OperatorTokens);
        using var answer = await api.PostAsJsonAsync("/organisations", new { kind = "clinic", name = " ", adminEmail = "nobody" });
        var errors = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsObject().Select(error => error.Key);
        Assert.That(errors, Is.EqualTo(new[] { "name", "externalRef", "adminEmail" }));
    }

    [Test]
    public async Task A_center_has_one_organisation_even_if_two_are_made_at_once()
    {
        using var api = System.ApiFor(Shared.OperatorTokens);
        var center = $"center-{Guid.NewGuid():N}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => api.PostAsJsonAsync(
            "/organisations", new { kind = "clinic", name = "Clinic", externalRef = center, adminEmail = People.NewEmail() })));
        Assert.That(answers.Select(answer => answer.StatusCode), Is.EquivalentTo(new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
    }

    [Test]
    public async Task Until_somebody_is_the_operator_a_start_invites_again_what_ran_out()
    {
        const string email = "late.operator@people.test";
        await using var system = await IdentitySystem.StartAsync(("Identity:FirstOperatorEmail", email));
        var starting = system.Accounts.Services.GetServices<IHostedService>().OfType<InviteFirstOperator>().Single();
        Task<long> Letters() => system.ScalarAsync<long>("SELECT count(*) FROM account_links WHERE email = $1", email)!;
        Assert.That(await Letters(), Is.EqualTo(1));

        await starting.StartAsync(CancellationToken.None);
        Assert.That(await Letters(), Is.EqualTo(1), "invited already");

        await system.ScalarAsync<object>("UPDATE account_links SET expires_at = now() - interval '1 minute'");
        await Task.WhenAll(starting.StartAsync(CancellationToken.None), starting.StartAsync(CancellationToken.None));
        Assert.That(await Letters(), Is.EqualTo(2), "once, however many replicas start");

        await system.ScalarAsync<object>("INSERT INTO accounts (id, user_name, normalized_user_name, email, normalized_email) VALUES (gen_random_uuid(), 'x@y.zz', 'X@Y.ZZ', 'x@y.zz', 'X@Y.ZZ')");
        await system.ScalarAsync<object>("INSERT INTO memberships SELECT $1, id, '{operator}' FROM accounts", SeedAccounts.Operator);
        await system.ScalarAsync<object>("UPDATE account_links SET expires_at = now() - interval '1 minute'");
        await starting.StartAsync(CancellationToken.None);
        Assert.That(await Letters(), Is.EqualTo(2), "there is an operator");
    }

    private static JsonNode Item(JsonNode page, Guid organisation) => page["items"]!.AsArray().Single(item => item!["id"]!.GetValue<Guid>() == organisation)!;

    private static Task<HttpResponseMessage> InviteAsync(HttpClient api, Guid organisation, string email) => api.PostAsJsonAsync($"/organisations/{organisation}/first-administrator", new { email, culture = "en" });
}
