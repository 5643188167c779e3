using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace MedTourism.Identity.Tests;

public sealed class TokenLimitTests
{
    private IdentitySystem system = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => system = await IdentitySystem.StartAsync(("ENGINE_TOKEN_WRONG", "3"), ("ENGINE_TOKEN_REQUESTS", "8"), ("ENGINE_TOKEN_SECONDS", "3600"));

    [OneTimeTearDown]
    public async Task StopAsync() => await system.DisposeAsync();

    [Test]
    public async Task Guessing_a_clients_secret_ends_after_a_few_tries_and_other_clients_go_on()
    {
        for (var guess = 0; guess < 3; guess++)
        {
            using var wrong = await AskAsync("clinic-system", $"guess {guess}");
            Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        using var refused = await AskAsync("clinic-system", system.WebSecret);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests), "the right one is not looked at either");
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("temporarily_unavailable"));

        using var other = await AskAsync("another-system", "any");
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "another one is heard, though not known");
    }

    [Test]
    public async Task A_flood_of_one_client_is_turned_away_with_the_time_to_come_back()
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 9; i++)
        {
            using var answer = await AskAsync("flooder", "any");
            answers.Add(answer.StatusCode);
        }

        Assert.That(answers, Has.Exactly(3).EqualTo(HttpStatusCode.Unauthorized).And.Exactly(6).EqualTo(HttpStatusCode.TooManyRequests));

        var heard = new List<HttpResponseMessage>();
        for (var i = 0; i < 9; i++)
        {
            heard.Add(await AskAsync("web", system.WebSecret));
        }

        Assert.That(heard[^1].StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests), "rightly authenticated requests are counted too");
        Assert.That(heard[^1].Headers.RetryAfter, Is.Not.Null);
        heard.ForEach(answer => answer.Dispose());
    }

    private async Task<HttpResponseMessage> AskAsync(string client, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{system.Issuer}/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", client == "web" ? "authorization_code" : "client_credentials"), new("code", "no such code"), new("redirect_uri", IdentitySystem.Callback)]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}")));
        return await system.Http.SendAsync(request);
    }
}
