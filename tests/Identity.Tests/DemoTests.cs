using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MedTourism.Contracts.Identity;
using MedTourism.Identity.Demo;
using MedTourism.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MedTourism.Identity.Tests;

public sealed class DemoTests
{
    private string file = null!;
    private IdentitySystem system = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        file = Path.Combine(Path.GetTempPath(), $"demo-{Guid.NewGuid():N}", "accounts.json");
        system = await IdentitySystem.StartAsync(("Demo", "true"), ("Demo:AccountsFile", file));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await system.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Test]
    public async Task Every_demo_account_is_one_click_away_with_its_roles()
    {
        using var first = new Browser();
        var (page, _) = await system.StartAsync(first);
        var buttons = page.Document.QuerySelectorAll("form[action='/signin/demo'] button").Select(button => button.GetAttribute("value")!).ToList();
        Assert.That(buttons, Has.Count.EqualTo(13));
        var seen = new List<string>();
        foreach (var account in buttons)
        {
            using var browser = new Browser();
            var (start, started) = await system.StartAsync(browser);
            var tokens = await system.FinishAsync(started, await browser.SubmitAsync(start, "/signin/demo", ("account", account)));
            var token = new JsonWebToken(tokens.Text("access_token"));
            seen.Add(string.Join(' ', token.Claims.Where(claim => claim.Type is "org_kind" or "org_ref" or "role").Select(claim => claim.Value)));
        }

        Assert.That(seen, Is.EquivalentTo(new[]
        {
            string.Empty, "clinic orhun-aktau admin", "clinic orhun-aktau scheduler", "clinic orhun-aktau doctor", "clinic demo-dental-almaty admin",
            "clinic umit scheduler", "clinic umit doctor", "clinic persona scheduler", "clinic persona doctor",
            "agency admin", "agency agent", "agency admin", "operator operator",
        }));
    }

    [Test]
    public async Task The_demo_file_is_its_owners_alone_and_its_secrets_work()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        var rows = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsArray();
        var agency = rows.Single(row => row!.Text("email") == "agency.admin@demo.example")!;
        var tokens = await system.SignInAsync(new Person(agency.Text("email"), agency.Text("password")) { Secret = agency.Text("totpSecret") });
        Assert.That(new JsonWebToken(tokens.Text("access_token")).GetClaim("org").Value, Is.EqualTo("0190d000-0000-7000-8000-00000000a001"));
    }

    [Test]
    public async Task The_people_of_the_demonstration_stay_for_the_next_visitor()
    {
        var rows = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsArray();
        var admin = rows.Single(row => row!.Text("email") == "clinic.admin@demo.example")!;
        using var api = system.ApiFor(await system.SignInAsync(new Person(admin.Text("email"), admin.Text("password")) { Secret = admin.Text("totpSecret") }));
        var clinic = SeedAccounts.OrhunAktau;
        var doctor = (await api.GetFromJsonAsync<JsonNode>($"/organisations/{clinic}/members"))!["members"]!.AsArray().Single(member => member!.Text("email") == "clinic.doctor@demo.example")!.Text("accountId");
        using var removed = await api.DeleteAsync(new Uri($"/organisations/{clinic}/members/{doctor}", UriKind.Relative));
        using var changed = await api.PutAsJsonAsync($"/organisations/{clinic}/members/{doctor}", new { roles = new[] { "admin" } });
        using var reset = await api.PostAsync(new Uri($"/organisations/{clinic}/members/{doctor}/reset-second-factor", UriKind.Relative), null);
        foreach (var answer in new[] { removed, changed, reset })
        {
            Assert.That(await InvitationTests.SlugAsync(answer), Is.EqualTo("demo-account"));
        }
    }

    [Test]
    public async Task Demo_organisations_are_announced_with_their_known_ids()
    {
        var expected = new[] { "0001", "a001", "a002", "c001", "c002" }.Select(end => Guid.Parse($"0190d000-0000-7000-8000-00000000{end}"));
        await Eventually.That(
            () => expected.All(id => system.Accounts.Received<OrganisationCreated>().Any(created => created.OrganisationId == id && created.Demo)),
            "Not every demo organisation was announced.");
    }

    [TestCase("ar", "rtl", "تسجيل الدخول")]
    [TestCase("kk", "ltr", "Кіру")]
    [TestCase("ru", "ltr", "Вход")]
    [TestCase("fr", "ltr", "Connexion")]
    public async Task The_page_speaks_the_language_the_web_asks_for(string culture, string direction, string title)
    {
        using var browser = new Browser("en");
        var (page, _) = await system.StartAsync(browser, new { ui_locales = culture });
        Assert.That(page.Document.DocumentElement.GetAttribute("lang"), Is.EqualTo(culture));
        Assert.That(page.Document.DocumentElement.GetAttribute("dir"), Is.EqualTo(direction));
        Assert.That(page.Document.QuerySelector("h1")!.TextContent, Is.EqualTo(title));
        var english = await browser.OpenAsync(new Uri(page.Address, page.Document.QuerySelector("a[hreflang=en]")!.GetAttribute("href")!).AbsoluteUri);
        Assert.That(english.Document.QuerySelector("h1")!.TextContent, Is.EqualTo("Sign in"), "and another one the visitor picks");
    }
}
