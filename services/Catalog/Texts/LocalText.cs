namespace MedTourism.Catalog.Texts;

/// <summary>A text with the language it is really in, which need not be the one asked for.</summary>
public sealed record LocalText(string Text, string Lang)
{
    /// <summary>Picks the reader's language, else the nearest one that exists.</summary>
    public static LocalText Of(IReadOnlyDictionary<string, string> texts, string culture)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var language in Cultures.Preferred(culture))
        {
            if (texts.TryGetValue(language, out var text) && text.Length > 0)
            {
                return new LocalText(text, language);
            }
        }

        var any = texts.First();
        return new LocalText(any.Value, any.Key);
    }

    public static LocalText[] Of(IEnumerable<Dictionary<string, string>> texts, string culture) => [.. texts.Select(text => Of(text, culture))];

    /// <summary>Facts and notes were gathered in English and are shown as such.</summary>
    public static LocalText English(string text) => new(text, "en");
}

/// <summary>The languages of the market's pages.</summary>
public static class Cultures
{
    public const string Default = "en";

    public static readonly string[] All = ["en", "ru", "kk", "fr", "ar"];

    /// <summary>Readers of Kazakh nearly all read Russian; for others English is the safer second choice.</summary>
    public static string[] Preferred(string culture) => culture switch
    {
        "kk" => ["kk", "ru", "en"],
        "en" => ["en"],
        _ => [culture, "en"],
    };
}
