using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace MedTourism.Notifications.Letters;

/// <summary>The sentences of one language and its ways to write dates, times and money.</summary>
public sealed class Texts
{
    // The second name decides how dates and numbers look; calendars are Gregorian everywhere, as the centers' are.
    private static readonly (string Culture, string Formats, string Day)[] Known =
    [
        ("en", "en-GB", "d MMMM yyyy"), ("ru", "ru-RU", "d MMMM yyyy 'г.'"), ("kk", "kk-KZ", "yyyy 'ж.' d MMMM"), ("fr", "fr-FR", "d MMMM yyyy"), ("ar", "ar-AE", "d MMMM yyyy"),
    ];

    private static readonly FrozenDictionary<string, Texts> All = Known.ToFrozenDictionary(known => known.Culture, known => new Texts(known.Culture, known.Formats, known.Day));

    private readonly FrozenDictionary<string, string> _sentences;
    private readonly CultureInfo _formats;
    private readonly string _day;

    private Texts(string culture, string formats, string day)
    {
        (Culture, _day) = (culture, day);
        _formats = CultureInfo.GetCultureInfo(formats);
        using var file = typeof(Texts).Assembly.GetManifestResourceStream($"MedTourism.Notifications.Locales.{culture}.json")!;
        _sentences = JsonSerializer.Deserialize<Dictionary<string, string>>(file)!.Where(pair => !pair.Key.StartsWith('_')).ToFrozenDictionary();
    }

    public static IEnumerable<string> Cultures => Known.Select(known => known.Culture);

    public string Culture { get; }

    public string Direction => _formats.TextInfo.IsRightToLeft ? "rtl" : "ltr";

    /// <summary>What stands between two parts of a line: Arabic has a comma of its own.</summary>
    public string Comma => Culture == "ar" ? "، " : ", ";

    public string this[string key] => _sentences[key];

    /// <summary>The language itself, or of a regional name (<c>fr-CA</c>) its language; English for one that has no texts.</summary>
    public static Texts For(string? culture) => All.GetValueOrDefault((culture ?? "").Split('-', '_')[0].ToLowerInvariant(), All["en"]);

    public Phrase Phrase(string key, params (string Name, Value Value)[] values) => new(this, _sentences[key], values);

    /// <summary>The name in this language, else in English, else in any, with the language it is really in.</summary>
    public Value Name(IReadOnlyDictionary<string, string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var culture in new[] { Culture, "en", "ru" })
        {
            if (names.TryGetValue(culture, out var name))
            {
                return new Value(name, culture);
            }
        }

        return names.Count > 0 ? new Value(names.First().Value, names.First().Key) : new Value("");
    }

    public string Date(DateTimeOffset instant, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(instant, zone).ToString(_formats.DateTimeFormat.LongDatePattern, _formats);

    public string Time(DateTimeOffset instant, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(instant, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A day and time inside a sentence: no weekday, whose case would depend on the sentence.</summary>
    public string Moment(DateTimeOffset instant, TimeZoneInfo zone) => $"{TimeZoneInfo.ConvertTime(instant, zone).ToString(_day, _formats)}{Comma}{Time(instant, zone)}";

    public static string Offset(DateTimeOffset instant, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var offset = zone.GetUtcOffset(instant);
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"UTC{sign}{Math.Abs(offset.Hours)}{(offset.Minutes == 0 ? "" : $":{Math.Abs(offset.Minutes):00}")}");
    }

    /// <summary>Minor units as people write them: no decimals when there are none to write.</summary>
    public string Money(long minor, string currency)
    {
        var digits = currency is "JPY" or "KRW" or "VND" ? 0 : currency is "KWD" or "BHD" or "OMR" or "JOD" ? 3 : 2;
        var amount = minor / (decimal)Math.Pow(10, digits);
        var symbol = currency switch { "KZT" => "₸", "USD" => "$", "EUR" => "€", "RUB" => "₽", _ => currency };
        return $"{amount.ToString(amount == decimal.Truncate(amount) ? "N0" : $"N{digits}", _formats)}\u00A0{symbol}";
    }
}
