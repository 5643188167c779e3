using System.Globalization;
using System.Text.Json;

namespace MedTourism.Identity.Pages;

/// <summary>The texts of the pages, one JSON file per culture in <c>Locales</c>; English stands in for what a culture lacks.</summary>
public sealed class Texts
{
    public static readonly IReadOnlyList<(string Culture, string Name)> Cultures =
        [("en", "English"), ("kk", "Қазақша"), ("ru", "Русский"), ("ar", "العربية"), ("fr", "Français")];

    private readonly Dictionary<string, Dictionary<string, string>> texts = Cultures.ToDictionary(
        culture => culture.Culture,
        culture => JsonSerializer.Deserialize<Dictionary<string, string>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Locales", $"{culture.Culture}.json")))!);

    public string Get(string culture, string key, params object[] arguments)
    {
        var text = texts[culture].GetValueOrDefault(key) ?? texts["en"].GetValueOrDefault(key) ?? key;
        return arguments.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, arguments);
    }

    public static string? Known(string? tags) => tags?
        .Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(tag => tag.Split('-', ';')[0].ToLowerInvariant())
        .FirstOrDefault(tag => Cultures.Any(culture => culture.Culture == tag));
}
