using System.Globalization;
using System.Text;

namespace MedTourism.Web.Locales;

/// <summary>One message in the ICU syntax, as far as the site needs it: <c>{name}</c>, <c>plural</c> with <c>=n</c> and <c>#</c>, <c>select</c>, apostrophe escapes.</summary>
public sealed class Message
{
    private readonly List<Part> parts;

    private Message(List<Part> parts) => this.parts = parts;

    private abstract record Part;
    private sealed record Words(string Text) : Part;
    private sealed record Argument(string Name) : Part;
    private sealed record Number : Part;
    private sealed record Choice(string Name, bool Plural, Dictionary<string, Message> Branches) : Part
    {
        public Message Pick(string language, object? chosen, decimal? count)
        {
            var key = count is { } number
                ? Branches.ContainsKey(FormattableString.Invariant($"={number:0.##}")) ? FormattableString.Invariant($"={number:0.##}") : PluralRules.Category(language, number)
                : Convert.ToString(chosen, CultureInfo.InvariantCulture) ?? "";
            return Branches.GetValueOrDefault(key) ?? Branches["other"];
        }
    }


    public static Message Parse(string source)
    {
        var at = 0;
        var message = Parse(source, ref at, inPlural: false, nested: false);
        return at == source.Length ? message : throw new FormatException($"Unexpected '}}' at {at}: {source}");
    }

    /// <summary>Writes the message; <paramref name="words"/> encodes its own text, <paramref name="value"/> writes an argument.</summary>
    public void Write(StringBuilder to, string language, IReadOnlyDictionary<string, object?> arguments, Func<string, string> words, Func<object?, string> value, decimal? number = null)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case Words text:
                    to.Append(words(text.Text));
                    break;
                case Argument argument:
                    to.Append(value(Find(arguments, argument.Name)));
                    break;
                case Number:
                    to.Append(value(number));
                    break;
                case Choice choice:
                    var chosen = Find(arguments, choice.Name);
                    var count = choice.Plural ? Convert.ToDecimal(chosen, CultureInfo.InvariantCulture) : (decimal?)null;
                    choice.Pick(language, chosen, count).Write(to, language, arguments, words, value, count ?? number);
                    break;
            }
        }
    }

    /// <summary>The names a translation must also use; plural names are marked because every category of the language is then required.</summary>
    public IEnumerable<string> Names() => parts.SelectMany(part => part switch
    {
        Argument argument => [argument.Name],
        Choice choice => choice.Branches.Values.SelectMany(branch => branch.Names()).Append($"{choice.Name}:{(choice.Plural ? "plural" : "select")}"),
        _ => Enumerable.Empty<string>(),
    }).Distinct().Order(StringComparer.Ordinal);

    public IEnumerable<IReadOnlyCollection<string>> PluralBranches() => parts.OfType<Choice>().SelectMany(choice =>
        choice.Branches.Values.SelectMany(branch => branch.PluralBranches()).Concat(choice.Plural ? [choice.Branches.Keys] : []));

    private static object? Find(IReadOnlyDictionary<string, object?> arguments, string name) =>
        arguments.TryGetValue(name, out var value) ? value : throw new FormatException($"No argument '{name}'.");

    private static Message Parse(string source, ref int at, bool inPlural, bool nested)
    {
        var parts = new List<Part>();
        var text = new StringBuilder();
        void Flush()
        {
            if (text.Length > 0)
            {
                parts.Add(new Words(text.ToString()));
                text.Clear();
            }
        }

        while (at < source.Length)
        {
            var letter = source[at];
            if (letter == '\'' && at + 1 < source.Length && source[at + 1] is '\'')
            {
                text.Append('\'');
                at += 2;
            }
            else if (letter == '\'' && at + 1 < source.Length && (source[at + 1] is '{' or '}' or '#'))
            {
                // Quoted until the next apostrophe.
                var end = source.IndexOf('\'', at + 1);
                end = end < 0 ? source.Length : end;
                text.Append(source, at + 1, end - at - 1);
                at = Math.Min(end + 1, source.Length);
            }
            else if (letter == '{')
            {
                Flush();
                parts.Add(ParseArgument(source, ref at));
            }
            else if (letter == '}' && nested)
            {
                break;
            }
            else if (letter == '#' && inPlural)
            {
                Flush();
                parts.Add(new Number());
                at++;
            }
            else
            {
                text.Append(letter);
                at++;
            }
        }

        Flush();
        return new(parts);
    }

    private static Part ParseArgument(string source, ref int at)
    {
        at++;
        var name = Until(source, ref at, ',', '}');
        if (source[at++] == '}')
        {
            return new Argument(name);
        }

        var kind = Until(source, ref at, ',');
        at++;
        var branches = new Dictionary<string, Message>(StringComparer.Ordinal);
        while (true)
        {
            var key = Until(source, ref at, '{', '}');
            if (source[at++] == '}')
            {
                break;
            }

            branches[key] = Parse(source, ref at, kind == "plural", nested: true);
            at++;
        }

        return kind is "plural" or "select" && branches.ContainsKey("other")
            ? new Choice(name, kind == "plural", branches)
            : throw new FormatException($"'{kind}' needs an 'other' branch: {source}");
    }

    private static string Until(string source, ref int at, params ReadOnlySpan<char> ends)
    {
        var length = source.AsSpan(at).IndexOfAny(ends);
        if (length < 0)
        {
            throw new FormatException($"Unfinished message: {source}");
        }

        var text = source.Substring(at, length).Trim();
        at += length;
        return text;
    }
}
