using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MedTourism.Identity.Tests;

/// <summary>A person tells their name after they joined.</summary>
public sealed class NameTests
{
    private static readonly Uri Name = new("/me/name", UriKind.Relative);

    private static IdentitySystem System => Shared.System;

    [Test]
    public async Task Who_joined_without_a_name_tells_it_and_the_list_and_the_next_token_have_it()
    {
        var (organisation, admin, tokens) = await Shared.AdmitAsync("agency");
        await System.ScalarAsync<object>("UPDATE accounts SET name = NULL WHERE email = $1", admin.Email);
        using var api = System.ApiFor(tokens);
        Assert.That(await ListedAsync(api, organisation, admin), Is.Null);

        using var told = await api.PutAsJsonAsync(Name, new { name = "  Әйгерім \t Сәдуақасова " });

        Assert.That(told.StatusCode, Is.EqualTo(HttpStatusCode.OK), await told.Content.ReadAsStringAsync());
        Assert.That((await told.Content.ReadFromJsonAsync<JsonNode>())!.Text("name"), Is.EqualTo("Әйгерім Сәдуақасова"));
        Assert.That(await ListedAsync(api, organisation, admin), Is.EqualTo("Әйгерім Сәдуақасова"));
        var next = await System.ClientAsync(new { step = "refresh", refreshToken = tokens.Text("refresh_token") });
        Assert.That(new JsonWebToken(next.Text("id_token")).GetClaim("name").Value, Is.EqualTo("Әйгерім Сәдуақасова"));
        Assert.That(
            await System.ScalarAsync<long>("SELECT count(*) FROM audit WHERE kind = 'name-changed' AND detail IS NULL AND account_id = actor_id AND account_id = (SELECT id FROM accounts WHERE email = $1)", admin.Email),
            Is.EqualTo(1));
    }

    [TestCase(null), TestCase("   "), TestCase("12-34"), TestCase("bell\u0007"), TestCase("\u202Eagent")]
    public async Task What_is_no_name_is_refused_by_its_field(string? name)
    {
        using var api = System.ApiFor(Shared.OperatorTokens);
        using var refused = await api.PutAsJsonAsync(Name, new { name });
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.That(problem.Text("type"), Is.EqualTo("urn:medtourism:problem:invalid-fields"));
        Assert.That(problem["errors"]!["name"], Is.Not.Null);
    }

    [Test]
    public async Task A_name_has_120_characters_at_most()
    {
        var (_, _, tokens) = await Shared.AdmitAsync("agency");
        using var api = System.ApiFor(tokens);
        using var longest = await api.PutAsJsonAsync(Name, new { name = new string('ә', 120) });
        Assert.That(longest.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using var longer = await api.PutAsJsonAsync(Name, new { name = new string('ә', 121) });
        Assert.That(longer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Somebody_elses_name_stays()
    {
        var (organisation, admin, tokens) = await Shared.AdmitAsync("agency");
        var (_, other, theirs) = await Shared.AdmitAsync("agency");
        using (var api = System.ApiFor(theirs))
        {
            using var told = await api.PutAsJsonAsync(Name, new { name = "Another" });
            Assert.That(told.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        using var mine = System.ApiFor(tokens);
        Assert.That(await ListedAsync(mine, organisation, admin), Is.EqualTo(People.Name));
        Assert.That(await System.ScalarAsync<string>("SELECT name FROM accounts WHERE email = $1", other.Email), Is.EqualTo("Another"));
    }

    [Test]
    public async Task An_account_of_the_demonstration_keeps_its_name()
    {
        var (_, admin, tokens) = await Shared.AdmitAsync("agency");
        await System.ScalarAsync<object>("UPDATE accounts SET demo = true WHERE email = $1", admin.Email);
        using var api = System.ApiFor(tokens);
        using var refused = await api.PutAsJsonAsync(Name, new { name = "Visitor" });
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await refused.Content.ReadFromJsonAsync<JsonNode>())!.Text("type"), Is.EqualTo("urn:medtourism:problem:demo-account"));
        Assert.That(await System.ScalarAsync<string>("SELECT name FROM accounts WHERE email = $1", admin.Email), Is.EqualTo(People.Name));
    }

    [Test]
    public async Task Nobody_without_a_sign_in_tells_a_name()
    {
        using var answer = await System.Accounts.Client.PutAsJsonAsync(Name, new { name = "Nobody" });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private static async Task<string?> ListedAsync(HttpClient api, Guid organisation, Person person)
    {
        var list = (await api.GetFromJsonAsync<JsonNode>(new Uri($"/organisations/{organisation}/members", UriKind.Relative)))!;
        return (string?)list["members"]!.AsArray().Single(member => (string?)member!["email"] == person.Email)!["name"];
    }
}
