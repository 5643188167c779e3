using System.Text.Json;

namespace MedTourism.Web.Patients.Offers;

/// <summary>Facts about a center with the keys of their sources.</summary>
public static class Facts
{
    public static IReadOnlyList<(string Text, string[] Sources)> Of(JsonElement? facts)
    {
        if (facts is not { ValueKind: JsonValueKind.Array } list)
        {
            return [];
        }

        return [.. list.EnumerateArray().Select(fact => (Plain(fact) ?? "", Keys(fact))).Where(fact => fact.Item1.Length > 0)];
    }

    /// <summary>A text, wherever it stands: alone, as <c>text</c>, or as a localised text inside <c>text</c>.</summary>
    public static string? Plain(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } fact when fact.TryGetProperty("text", out var text) => Plain(text),
        _ => null,
    };

    private static string[] Keys(JsonElement fact) => fact.ValueKind == JsonValueKind.Object && fact.TryGetProperty("sources", out var keys) && keys.ValueKind == JsonValueKind.Array
        ? [.. keys.EnumerateArray().Select(key => key.GetString() ?? "")]
        : [];
}
