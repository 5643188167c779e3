using System.Text.Json;
using System.Text.RegularExpressions;
using MedTourism.TestKit;

namespace MedTourism.Journeys.Tests;

/// <summary>The site's own words, so that a journey presses the button a person in that language would press.</summary>
internal sealed partial class Words(string culture)
{
    private readonly Dictionary<string, JsonElement> _areas = [];

    public string Culture => culture;

    public string this[string key]
    {
        get
        {
            var (area, name) = (key.Split('.')[0], key[(key.IndexOf('.', StringComparison.Ordinal) + 1)..]);
            if (!_areas.TryGetValue(area, out var messages))
            {
                var file = Path.Combine(TestServers.RepositoryRoot, "web", "Locales", culture, $"{area}.json");
                messages = _areas[area] = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            }

            return messages.GetProperty(name).GetString()!;
        }
    }

    /// <summary>Matches the message whatever stands in its places; browsers read spaces that do not break as any others.</summary>
    public Regex Like(string key) =>
        new(Placeholder().Replace(Regex.Escape(this[key]).Replace("\\{", "{", StringComparison.Ordinal).Replace("\u00A0", @"\s", StringComparison.Ordinal), ".*"));

    [GeneratedRegex(@"\{[^}]*\\?\}")]
    private static partial Regex Placeholder();
}
