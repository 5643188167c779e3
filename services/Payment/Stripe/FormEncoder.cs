using System.Collections;
using System.Globalization;

namespace MedTourism.Payment.Stripe;

/// <summary>
/// Encodes parameter trees byte for byte as stripe-node does: nested keys in brackets, lists with indexes, null as an empty value, times as unix
/// seconds, empty lists and objects as nothing, and brackets of keys and values left readable.
/// </summary>
public static class FormEncoder
{
    public static string Encode(IReadOnlyDictionary<string, object?> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var pairs = new List<string>();
        foreach (var (key, value) in parameters)
        {
            Add(pairs, key, value);
        }

        return string.Join('&', pairs);
    }

    private static void Add(List<string> pairs, string key, object? value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> children:
                foreach (var (name, child) in children)
                {
                    Add(pairs, $"{key}[{name}]", child);
                }

                break;
            case IEnumerable items and not string:
                var index = 0;
                foreach (var item in items)
                {
                    Add(pairs, string.Create(CultureInfo.InvariantCulture, $"{key}[{index++}]"), item);
                }

                break;
            default:
                pairs.Add($"{Escape(key)}={Escape(Text(value))}");
                break;
        }
    }

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Escape(string text) =>
        Uri.EscapeDataString(text).Replace("%5B", "[", StringComparison.Ordinal).Replace("%5D", "]", StringComparison.Ordinal);
}
