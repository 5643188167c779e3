namespace MedTourism.Payment.Stripe;

/// <summary>Our cultures as the hosted page's languages. It has no Kazakh and no Arabic: there the browser's own choice (<c>auto</c>) is the best it can do.</summary>
public static class Locales
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fil", "fr", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt",
        "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh",
    };

    public static string Of(string? culture)
    {
        var language = (culture ?? string.Empty).Split('-')[0].ToLowerInvariant();
        return Known.Contains(language) ? language : "auto";
    }
}
