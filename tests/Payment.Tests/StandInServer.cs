using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.StripeStandIn;
using Microsoft.AspNetCore.Builder;

namespace MedTourism.Payment.Tests;

/// <summary>The stand-in on a loopback port in this process, with the calls that tests make to it.</summary>
internal sealed class StandInServer : IAsyncDisposable
{
    public const string SecretKey = "sk_test_of_these_tests";
    public const string WebhookSecret = "whsec_of_these_tests";

    private readonly WebApplication _app;

    private StandInServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        Api = new HttpClient { BaseAddress = Address };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SecretKey);
    }

    public Uri Address { get; }

    /// <summary>Follows no redirects, so that tests see them.</summary>
    public HttpClient Browser { get; }

    public HttpClient Api { get; }

    public static async Task<StandInServer> StartAsync(string? database = null)
    {
        var app = StandIn.Build([], new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Stripe:SecretKey"] = SecretKey,
            ["Stripe:WebhookSecret"] = WebhookSecret,
            ["ConnectionStrings:Database"] = database,
            ["Logging:LogLevel:Default"] = "Warning",
        });
        await app.StartAsync();
        return new StandInServer(app);
    }

    public async Task<JsonElement> GetAsync(string path) => await Api.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    public async Task<JsonElement> PostAsync(string path, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await Api.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException(text);
    }

    public async Task ControlAsync(string path, object body)
    {
        using var answer = await Api.PostAsJsonAsync(new Uri("/_test/" + path, UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
    }

    public Task FaultAsync(string kind, string? pathContains = null, string method = "POST") => ControlAsync("faults", new { kind, method, pathContains });

    public async Task ResetAsync()
    {
        using var cleared = await Api.DeleteAsync(new Uri("/_test/faults", UriKind.Relative));
        await ControlAsync("webhooks", new { });
    }

    /// <summary>Types a card into the hosted page.</summary>
    public Task<HttpResponseMessage> PayAsync(string url, string card = TestCards.Good) => Browser.PostAsync(new Uri(url), new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["email"] = "patient@example.com",
        ["cardNumber"] = card,
        ["cardExpiry"] = "12 / 40",
        ["cardCvc"] = "123",
        ["billingName"] = "Test Patient",
    }));

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Api.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

internal static class TestCards
{
    public const string Good = "4242 4242 4242 4242";
    public const string Declined = "4000 0000 0000 0002";
    public const string Asks = "4000 0025 0000 3155";
    public const string SlowRefund = "4000 0000 0000 7726";
    public const string FailingRefund = "4000 0000 0000 5126";
}
