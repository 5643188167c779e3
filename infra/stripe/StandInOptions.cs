namespace MedTourism.StripeStandIn;

/// <summary>The settings: <c>Stripe:SecretKey</c>, <c>Stripe:WebhookSecret</c>, <c>Stripe:WebhookUrl</c>, <c>Stripe:PublicUrl</c> and <c>ConnectionStrings:Database</c>.</summary>
public sealed class StandInOptions
{
    public required string SecretKey { get; init; }

    public string? WebhookSecret { get; init; }

    /// <summary>Where events go. Tests set it once they know the port of the service.</summary>
    public string? WebhookUrl { get; set; }

    /// <summary>The address browsers reach the payment page at; without it, the address this process listens on.</summary>
    public string PublicUrl { get; private set; } = string.Empty;

    public string? Database { get; init; }

    internal static StandInOptions From(IConfiguration configuration)
    {
        var key = configuration["Stripe:SecretKey"] is { Length: > 0 } given ? given : "sk_test_standin";
        if (key.Contains("_live_", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The stand-in never accepts a live key. Set 'Stripe__SecretKey' to a test key.");
        }

        return new StandInOptions
        {
            SecretKey = key,
            WebhookSecret = Text(configuration["Stripe:WebhookSecret"]),
            WebhookUrl = Text(configuration["Stripe:WebhookUrl"]),
            PublicUrl = configuration["Stripe:PublicUrl"]?.TrimEnd('/') ?? string.Empty,
            Database = Text(configuration.GetConnectionString("Database")),
        };
    }

    internal void ListensOn(ICollection<string> urls)
    {
        if (PublicUrl.Length == 0)
        {
            PublicUrl = urls.First().TrimEnd('/');
        }
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
