using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MedTourism.Contracts.Identity;
using MedTourism.Identity.Accounts;
using MedTourism.TestKit;

namespace MedTourism.Identity.Tests;

/// <summary>Somebody with an account; staff with the secret of their authenticator app.</summary>
public sealed record Person(string Email, string Password)
{
    public string? Secret { get; set; }

    /// <summary>The step of the code used last: a code is good once, so the next one must be later.</summary>
    public long LastStep { get; set; }

    /// <summary>A fresh code. The service takes one from the step ahead, so two sign-ins need no waiting.</summary>
    public string NextCode()
    {
        var now = Totp.StepAt(TimeProvider.System.GetUtcNow());
        LastStep = Math.Max(now - 1, LastStep + 1);
        return Totp.Code(Secret!, LastStep);
    }
}

/// <summary>What people do with the pages, step by step over HTTP.</summary>
public static class People
{
    public const string Name = "Aigerim Sadykova";
    public const string Password = "correct horse battery staple";

    public static string NewEmail() => $"{Guid.NewGuid():N}@people.test";

    public static async Task<(Shown Page, JsonNode Started)> StartAsync(this IdentitySystem system, Browser browser, object? extra = null)
    {
        var started = await system.ClientAsync(new { step = "start", resource = IdentitySystem.Market, extra });
        return (await browser.OpenAsync(started["url"]!.GetValue<string>()), started);
    }

    /// <summary>Exchanges the code with openid-client, which checks all of the answer.</summary>
    public static async Task<JsonNode> FinishAsync(this IdentitySystem system, JsonNode started, Shown arrived)
    {
        Assert.That(arrived.Code, Is.Not.Null, () => $"No code at {arrived.Address}: {arrived.Title} {arrived.Text}");
        return await system.ClientAsync(new
        {
            step = "finish",
            callback = arrived.Address.AbsoluteUri,
            verifier = started["verifier"]!.GetValue<string>(),
            state = started["state"]!.GetValue<string>(),
            nonce = started["nonce"]!.GetValue<string>(),
        });
    }

    /// <summary>The newest link mailed to <paramref name="email"/>, on the address this test's application has.</summary>
    public static async Task<string> LinkForAsync(this IdentitySystem system, string email, string purpose)
    {
        var mail = await Eventually.Get(
            () => Task.FromResult(system.Accounts.Received<AccountLinkRequested>().LastOrDefault(mail => mail.Email == email && mail.Purpose == purpose)),
            $"No mail '{purpose}' for {email}.");
        return new Uri(system.Accounts.Address, new Uri(mail.Link).PathAndQuery).AbsoluteUri;
    }

    public static async Task<Person> RegisterAsync(this IdentitySystem system)
    {
        var person = new Person(NewEmail(), Password);
        using var browser = new Browser();
        var page = await browser.OpenAsync(new Uri(system.Accounts.Address, "/register").AbsoluteUri);
        await browser.SubmitAsync(page, "/register", ("email", person.Email));
        page = await browser.OpenAsync(await system.LinkForAsync(person.Email, "confirm-email"));
        await browser.SubmitAsync(page, "/link", ("password", person.Password));
        return person;
    }

    /// <summary>Accepts an invitation, tells a name, sets password and second factor, and signs in for the first time.</summary>
    public static async Task<(Person Person, JsonNode Tokens)> AcceptAsync(this IdentitySystem system, string email, string name = Name)
    {
        var person = new Person(email, Password);
        using var browser = new Browser();
        var (_, started) = await system.StartAsync(browser);
        var page = await browser.OpenAsync(await system.LinkForAsync(email, "invitation"));
        page = await browser.SubmitAsync(page, "/link", ("name", name), ("password", person.Password));
        return (person, await system.FinishAsync(started, await EnrolAsync(browser, page, person)));
    }

    public static async Task<Shown> EnrolAsync(Browser browser, Shown page, Person person)
    {
        Assert.That(page.Address.AbsolutePath, Is.EqualTo("/signin/second-factor"), () => page.Text);
        person.Secret = page.Document.QuerySelector("code")!.TextContent.Replace(" ", string.Empty, StringComparison.Ordinal);
        return await browser.SubmitAsync(page, "/signin/second-factor", ("code", person.NextCode()));
    }

    public static async Task<Shown> EnterAsync(this Person person, Browser browser, Shown page)
    {
        page = await browser.SubmitAsync(page, "/signin", ("email", person.Email), ("password", person.Password));
        return page.Address.AbsolutePath == "/signin/code" && person.Secret is not null
            ? await browser.SubmitAsync(page, "/signin/code", ("code", person.NextCode()))
            : page;
    }

    public static async Task<JsonNode> SignInAsync(this IdentitySystem system, Person person)
    {
        using var browser = new Browser();
        var (page, started) = await system.StartAsync(browser);
        return await system.FinishAsync(started, await person.EnterAsync(browser, page));
    }

    /// <summary>Each request has a key of its own, as every client gives it.</summary>
    public static HttpClient ApiFor(this IdentitySystem system, JsonNode tokens) => new(new Keyed())
    {
        BaseAddress = system.Accounts.Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", tokens.Text("access_token")) },
    };

    public static string Text(this JsonNode node, string name) =>
        node[name]?.ToString() ?? throw new AssertionException($"'{name}' is missing from {node.ToJsonString()}");

    private sealed class Keyed() : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.Headers.Contains("Idempotency-Key"))
            {
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
