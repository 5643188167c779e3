using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace MedTourism.Notifications.Letters;

/// <summary>Something put into a sentence: a name, a time, an amount. <see cref="Language"/> is named when it differs from the letter's.</summary>
public readonly record struct Value(string Text, string? Language = null)
{
    public static implicit operator Value(string text) => new(text);
}

/// <summary>A sentence with values in it. Values are isolated, so a time or a Latin name keeps its order inside an Arabic line.</summary>
public sealed partial record Phrase(Texts Texts, string Template, IReadOnlyList<(string Name, Value Value)> Values)
{
    public static Phrase Of(Texts texts, Value value) => new(texts, "{value}", [("value", value)]);

    public MarkupString Html => new(Fill(WebUtility.HtmlEncode(Template), value =>
        value.Language is { } language && language != Texts.Culture
            ? $"<bdi lang=\"{WebUtility.HtmlEncode(language)}\">{WebUtility.HtmlEncode(value.Text)}</bdi>"
            : $"<bdi>{WebUtility.HtmlEncode(value.Text)}</bdi>"));

    /// <summary>As plain text; right-to-left languages get the isolating characters that stand for <c>bdi</c>.</summary>
    public string Plain => Texts.Direction == "rtl" && Template != "{value}"
        ? Fill(Template, value => $"\u2068{value.Text}\u2069")
        : Fill(Template, value => value.Text);

    private string Fill(string template, Func<Value, string> write) =>
        Placeholder().Replace(template, match => write(Values.First(value => value.Name == match.Groups[1].Value).Value));

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
