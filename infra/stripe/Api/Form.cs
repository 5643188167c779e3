using System.Globalization;
using System.Text.Json.Nodes;

namespace MedTourism.StripeStandIn.Api;

/// <summary>Parameters with nested keys, <c>a[b][0][c]=v</c>, as a tree whose lists are objects with numeric names.</summary>
internal sealed class Form
{
    private readonly JsonObject root;
    private readonly string path;

    private Form(JsonObject root, string path)
    {
        this.root = root;
        this.path = path;
    }

    public static Form Decode(string encoded)
    {
        var root = new JsonObject();
        foreach (var pair in encoded.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = Unescape(equals < 0 ? pair : pair[..equals]);
            Set(root, Path(key), equals < 0 ? string.Empty : Unescape(pair[(equals + 1)..]), key);
        }

        return new Form(root, string.Empty);
    }

    /// <summary>Refuses names that this version of the API does not have, as Stripe does.</summary>
    public Form Only(params string[] names)
    {
        var unknown = root.Select(pair => pair.Key).FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal));
        return unknown is null ? this : throw StripeError.Invalid($"Received unknown parameter: {Name(unknown)}", Name(unknown), "parameter_unknown");
    }

    public string? Text(string name) => root[name] switch
    {
        null => null,
        JsonValue value => value.GetValue<string>() is { Length: > 0 } text ? text : null,
        _ => throw StripeError.Invalid($"Invalid string: {Name(name)}", Name(name)),
    };

    public string Required(string name) => Text(name) ?? throw StripeError.Missing(Name(name));

    public long? Integer(string name) =>
        Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw StripeError.Invalid($"Invalid integer: {text}", Name(name), "parameter_invalid_integer");

    public bool? Boolean(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw StripeError.Invalid($"Invalid boolean: {text}", Name(name)),
    };

    public Form? Child(string name) => root[name] switch
    {
        null => null,
        JsonObject child => new Form(child, Name(name)),
        JsonValue value when value.GetValue<string>().Length == 0 => null,
        _ => throw StripeError.Invalid($"Invalid object", Name(name)),
    };

    public IReadOnlyList<Form> List(string name) =>
        Child(name) is not { } list ? [] : [.. list.Ordered().Select(key => list.Child(key) ?? throw StripeError.Invalid("Invalid object", list.Name(key)))];

    public IReadOnlyList<string> Texts(string name) =>
        Child(name) is not { } list ? [] : [.. list.Ordered().Select(list.Required)];

    /// <summary>Free keys and values; an empty value removes its key from <paramref name="before"/>.</summary>
    public JsonObject Metadata(JsonObject? before = null)
    {
        var metadata = before?.DeepClone().AsObject() ?? [];
        if (Child("metadata") is not { } given)
        {
            return metadata;
        }

        foreach (var key in given.root.Select(pair => pair.Key))
        {
            if (key.Length > 40 || given.Text(key)?.Length > 500)
            {
                throw StripeError.Invalid("Metadata keys have up to 40 characters and values up to 500.", given.Name(key));
            }

            metadata.Remove(key);
            if (given.Text(key) is { } value)
            {
                metadata[key] = value;
            }
        }

        return metadata.Count <= 50 ? metadata : throw StripeError.Invalid("You can have up to 50 metadata keys.", "metadata");
    }

    private IEnumerable<string> Ordered() =>
        root.Select(pair => pair.Key).OrderBy(key => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : int.MaxValue);

    private string Name(string name) => path.Length == 0 ? name : $"{path}[{name}]";

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static List<string> Path(string key)
    {
        var open = key.IndexOf('[', StringComparison.Ordinal);
        return open < 0 || !key.EndsWith(']') ? [key] : [key[..open], .. key[(open + 1)..^1].Split("][")];
    }

    private static void Set(JsonObject root, List<string> path, string value, string key)
    {
        var at = root;
        foreach (var step in path.SkipLast(1))
        {
            switch (at[Index(at, step)])
            {
                case null:
                    var child = new JsonObject();
                    at[Index(at, step)] = child;
                    at = child;
                    break;
                case JsonObject existing:
                    at = existing;
                    break;
                default:
                    throw StripeError.Invalid($"Invalid request: the parameter {key} is both a value and an object.", key);
            }
        }

        at[Index(at, path[^1])] = value;
    }

    /// <summary>An empty index, <c>a[]=v</c>, appends.</summary>
    private static string Index(JsonObject at, string step) =>
        step.Length > 0 ? step : at.Count.ToString(CultureInfo.InvariantCulture);
}
