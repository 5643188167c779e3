using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.Components;

namespace MedTourism.Web.Locales;

/// <summary>The site's words in the language of the current request: <c>T["find.results", ("n", 12)]</c>.</summary>
public sealed class Texts(Messages messages, HtmlEncoder encoder, IHostEnvironment environment)
{
    public Language Language => Cultures.Current;

    /// <summary>Plain text.</summary>
    public string this[string key, params ReadOnlySpan<(string Name, object? Value)> arguments] =>
        Write(key, arguments, words => words, value => value is decimal or int or long ? Formats.Number(value) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    /// <summary>Markup: the message is encoded, each argument stands in its own <c>bdi</c> so that Arabic and Latin do not reorder each other.</summary>
    public MarkupString Rich(string key, params ReadOnlySpan<(string Name, object? Value)> arguments) => new(Write(key, arguments, encoder.Encode, value => value switch
    {
        MarkupString markup => markup.Value,
        decimal or int or long => $"<bdi>{Formats.Number(value)}</bdi>",
        _ => $"<bdi>{encoder.Encode(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}</bdi>",
    }));

    public bool Has(string key) => messages.Find(Language.Code, key) is not null;

    private string Write(string key, ReadOnlySpan<(string Name, object? Value)> arguments, Func<string, string> words, Func<object?, string> value)
    {
        if (messages.Find(Language.Code, key) is not { } message)
        {
            return environment.IsDevelopment() ? throw new KeyNotFoundException($"No message '{key}'.") : "";
        }

        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, argument) in arguments)
        {
            named[name] = argument;
        }

        var text = new StringBuilder();
        message.Write(text, Language.Code, named, words, value);
        return text.ToString();
    }
}
