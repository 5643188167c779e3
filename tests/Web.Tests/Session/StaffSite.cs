using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using MedTourism.TestKit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace MedTourism.Web.Tests.Session;

/// <summary>The real web project with its own database, a provider that can lie, and browsers that keep cookies.</summary>
public sealed class StaffSite : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> factory;
    private readonly string database;

    private StaffSite(IdentityStub identity, string database)
    {
        (Identity, this.database) = (identity, database);
        factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment("Development"); // a missing text throws
            foreach (var name in new[] { "Catalog", "Booking", "Payment", "Referral", "Notifications", "Identity" })
            {
                host.UseSetting($"Services:{name}", identity.Url);
            }

            host.UseSetting("Identity:Authority", identity.Url);
            host.UseSetting("Identity:ClientId", "web");
            host.UseSetting("Identity:ClientSecret", "a secret: with signs");
            host.UseSetting("ConnectionStrings:Database", database);
            host.UseSetting("Web:PublicUrl", "http://localhost");
        });
        Database = NpgsqlDataSource.Create(database);
    }

    public IdentityStub Identity { get; }

    public NpgsqlDataSource Database { get; }

    public static async Task<StaffSite> StartAsync()
    {
        var site = new StaffSite(await IdentityStub.StartAsync(), await TestServers.CreateDatabaseAsync("web"));
        site.Browser().Dispose();
        return site;
    }

    /// <summary>Nobody is signed in and the provider is honest again.</summary>
    public async Task ResetAsync()
    {
        Identity.Reset();
        await ExecuteAsync("DELETE FROM session");
    }

    public HttpClient Browser() => factory.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });

    /// <summary>Begins to sign in and returns what the site asked of the provider.</summary>
    public static async Task<Dictionary<string, string>> BeginAsync(HttpClient browser, string path = "/en/sign-in")
    {
        var response = await browser.GetAsync(path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await response.Content.ReadAsStringAsync());
        return QueryHelpers.ParseQuery(response.Headers.Location!.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    public async Task<HttpResponseMessage> FinishAsync(HttpClient browser, Dictionary<string, string> asked, string? state = null, string? issuer = "")
    {
        var address = QueryHelpers.AddQueryString("/session/callback", new Dictionary<string, string?> { ["code"] = Identity.Authorize(asked["nonce"]), ["state"] = state ?? asked["state"], ["iss"] = issuer == "" ? Identity.Url : issuer });
        return await browser.GetAsync(address);
    }

    /// <summary>A browser in which the person is signed in.</summary>
    public async Task<HttpClient> SignInAsync(string subject, string? kind = null, params string[] roles)
    {
        Identity.SignsIn(subject, kind, roles);
        var browser = Browser();
        var response = await FinishAsync(browser, await BeginAsync(browser));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await response.Content.ReadAsStringAsync());
        return browser;
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> SessionsAsync() => CountAsync("SELECT count(*) FROM session");

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<IHtmlDocument> PageAsync(HttpResponseMessage response) => await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());

    /// <summary>Sends a form of a page as a browser would, with these answers.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, IHtmlDocument page, string action, params (string Name, string Value)[] answers)
    {
        var form = page.QuerySelectorAll("form[method=post]").FirstOrDefault(form => form.GetAttribute("action") == action) ?? throw new AssertionException($"No form to {action}");
        var fields = form.QuerySelectorAll("input").Cast<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        foreach (var (name, value) in answers)
        {
            fields[name] = value;
        }

        using var content = new FormUrlEncodedContent(fields);
        return await browser.PostAsync(action, content);
    }

    public async ValueTask DisposeAsync()
    {
        await factory.DisposeAsync();
        await Database.DisposeAsync();
        await Identity.DisposeAsync();
        await TestServers.DropDatabaseAsync(database);
    }
}
