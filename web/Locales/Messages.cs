using System.Text.Json;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Locales;

/// <summary>All messages of the site, read once from the embedded <c>Locales/{language}/{area}.json</c>; a key is <c>area.name</c>.</summary>
public sealed class Messages
{
    private readonly Dictionary<string, Dictionary<string, Message>> byLanguage = [];

    public Messages()
    {
        foreach (var language in Cultures.All)
        {
            byLanguage[language.Code] = Read(language.Code).ToDictionary(pair => pair.Key, pair => Message.Parse(pair.Value), StringComparer.Ordinal);
        }
    }

    public Message? Find(string language, string key) =>
        byLanguage[language].GetValueOrDefault(key) ?? byLanguage[Cultures.Default.Code].GetValueOrDefault(key);

    public IReadOnlyDictionary<string, Message> Of(string language) => byLanguage[language];

    public static Dictionary<string, string> Read(string language)
    {
        var assembly = typeof(Messages).Assembly;
        var prefix = $"Locales/{language}/";
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.Replace('\\', '/').StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var area = Path.GetFileNameWithoutExtension(name.Replace('\\', '/'));
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!.Where(pair => !pair.Key.StartsWith('_')))
            {
                texts.Add($"{area}.{key}", text);
            }
        }

        return texts;
    }
}
