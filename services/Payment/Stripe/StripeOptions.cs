using MedTourism.ServiceDefaults;

namespace MedTourism.Payment.Stripe;

/// <summary>
/// Settings of the section <c>Stripe</c>: <c>SecretKey</c>, <c>WebhookSecret</c> (several, with commas, while one is being replaced) and
/// <c>ApiBase</c> if it is not Stripe's own.
/// </summary>
public sealed record StripeOptions(string SecretKey, IReadOnlyList<string> WebhookSecrets, Uri ApiBase, RetryPolicy Retries, int RequestsPerSecond)
{
    /// <summary>Parameters and answers change between versions; a new one is a change of code, with tests.</summary>
    public const string Version = "2026-10-28.endive";

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(80);

    private static readonly Uri Official = new("https://api.stripe.com");

    /// <summary>Live keys move money; events and objects of the other mode are refused.</summary>
    public bool Live => SecretKey.Contains("_live_", StringComparison.Ordinal);

    public static StripeOptions From(IConfiguration configuration)
    {
        var apiBase = configuration["Stripe:ApiBase"] is { Length: > 0 } given ? new Uri(given) : Official;
        var secrets = configuration.Required("Stripe:WebhookSecret").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var retries = RetryPolicy.Default with
        {
            InitialDelay = TimeSpan.FromMilliseconds(configuration.GetValue("Stripe:RetryFirstMilliseconds", RetryPolicy.Default.InitialDelay.TotalMilliseconds)),
        };
        var key = configuration.Required("Stripe:SecretKey");
        // Stripe allows 25 requests a second in a sandbox and 100 live; other processes need room too.
        var pace = configuration.GetValue("Stripe:RequestsPerSecond", key.Contains("_live_", StringComparison.Ordinal) ? 80 : 20);
        var options = new StripeOptions(key, secrets, apiBase, retries, pace);
        return options.Live && apiBase != Official
            ? throw new InvalidOperationException("A live key is only ever sent to Stripe itself. Remove 'Stripe__ApiBase' or use a test key.")
            : options;
    }
}
