using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Components;

namespace MedTourism.Web.Shared.Culture;

/// <summary>Money, dates and times in the language of the request: Western digits, groups joined by U+00A0, 24-hour clock, Gregorian days.</summary>
public static class Formats
{
    private const char Joiner = '\u00A0';

    private static readonly Dictionary<string, (string Symbol, int Digits)> Currencies = new()
    {
        ["KZT"] = ("₸", 2), ["USD"] = ("$", 2), ["EUR"] = ("€", 2), ["RUB"] = ("₽", 2), ["GBP"] = ("£", 2), ["CNY"] = ("¥", 2), ["AED"] = ("AED", 2), ["JPY"] = ("JPY", 0),
    };

    /// <summary>Day patterns by language: with weekday and short month, the same with year, everything in full, day and month only.</summary>
    private static readonly Dictionary<string, (string Short, string Dated, string Long, string DayMonth)> Days = new()
    {
        ["en"] = ("ddd d MMM", "ddd d MMM yyyy", "dddd d MMMM yyyy", "d MMMM"),
        ["ru"] = ("ddd, d MMM", "ddd, d MMM yyyy", "dddd, d MMMM yyyy 'г.'", "d MMMM"),
        ["kk"] = ("d MMM, ddd", "yyyy 'ж.' d MMM, ddd", "yyyy 'ж.' d MMMM, dddd", "d MMMM"),
        ["fr"] = ("ddd d MMM", "ddd d MMM yyyy", "dddd d MMMM yyyy", "d MMMM"),
        ["ar"] = ("dddd d MMMM", "dddd d MMMM yyyy", "dddd d MMMM yyyy", "d MMMM"),
    };

    public static string Number(object value) => Convert.ToDecimal(value, CultureInfo.InvariantCulture)
        .ToString("#,##0.##", Western(Cultures.Current.Code));

    /// <summary>Digits only, for addresses and ids.</summary>
    public static string Plain(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>How many digits of the currency are minor units.</summary>
    public static int MinorDigits(string currency) => Currencies.GetValueOrDefault(currency, (currency, 2)).Item2;

    /// <summary>"430 000 ₸", "$1,250", "1 250 $": without minor units when they are zero.</summary>
    public static string Money(long minor, string currency)
    {
        var (symbol, digits) = Currencies.GetValueOrDefault(currency, (currency, 2));
        var amount = minor / (decimal)Math.Pow(10, digits);
        var number = Math.Abs(amount).ToString(amount % 1 == 0 ? "#,##0" : "#,##0.00", Western(Cultures.Current.Code));
        var before = Cultures.Current.Code is "en" or "ar" && symbol.Length == 1 && symbol is not ("₸" or "₽");
        var sign = amount < 0 ? "−" : "";
        return before ? $"{sign}{symbol}{number}" : $"{sign}{number}{Joiner}{symbol}";
    }

    /// <summary>Money apart from the direction of the words around it.</summary>
    public static MarkupString Isolated(long minor, string currency) => Isolate(Money(minor, currency));

    /// <summary>Converted money is a hint: whole units only.</summary>
    public static MarkupString About(long minor, string currency) => Isolate(Money((long)Math.Round(minor / 100m) * 100, currency));

    public static MarkupString Isolate(string text) => new($"<bdi>{WebUtility.HtmlEncode(text)}</bdi>");

    public static string Day(DateOnly day) => Write(day, Days[Cultures.Current.Code].Short);
    public static string DayAndYear(DateOnly day) => Write(day, Days[Cultures.Current.Code].Dated);
    public static string FullDay(DateOnly day) => Write(day, Days[Cultures.Current.Code].Long);
    public static string DayOfMonth(DateOnly day) => Write(day, Days[Cultures.Current.Code].DayMonth);

    /// <summary>A birthday: day, month in words, year.</summary>
    public static string Date(DateOnly day) => Write(day, Cultures.Current.Code switch
    {
        "kk" => "yyyy 'ж.' d MMMM",
        "ru" => "d MMMM yyyy 'г.'",
        _ => "d MMMM yyyy",
    });

    /// <summary>From a day to another as short as they can be told apart from others: no weekdays, months short, one year.</summary>
    public static MarkupString Range(DateOnly from, DateOnly to)
    {
        var (day, dated) = Cultures.Current.Code switch { "ar" => ("d MMMM", "d MMMM yyyy"), "kk" => ("d MMM", "yyyy 'ж.' d MMM"), _ => ("d MMM", "d MMM yyyy") };
        var (first, last) = from.Year != to.Year ? (dated, dated) : Cultures.Current.Code == "kk" ? (dated, day) : (day, dated);
        return new($"{Isolate(Write(from, first))} – {Isolate(Write(to, last))}");
    }

    /// <summary>What stands between two parts of a line: Arabic has a comma of its own.</summary>
    public static string Comma => Cultures.Current.RightToLeft ? "، " : ", ";

    /// <summary>A day and a time on the clock of a place; with the year, and in full.</summary>
    public static string Moment(DateTimeOffset instant, string timeZone) => $"{Day(DayAt(instant, timeZone))}{Comma}{TimeAt(instant, timeZone)}";
    public static string MomentAndYear(DateTimeOffset instant, string timeZone) => $"{DayAndYear(DayAt(instant, timeZone))}{Comma}{TimeAt(instant, timeZone)}";
    public static string FullMoment(DateTimeOffset instant, string timeZone) => $"{FullDay(DayAt(instant, timeZone))}{Comma}{TimeAt(instant, timeZone)}";

    public static string Time(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    public static DateTimeOffset At(DateTimeOffset instant, string timeZone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) ? TimeZoneInfo.ConvertTime(instant, zone) : instant.ToUniversalTime();

    public static DateOnly DayAt(DateTimeOffset instant, string timeZone) => DateOnly.FromDateTime(At(instant, timeZone).DateTime);
    public static string TimeAt(DateTimeOffset instant, string timeZone) => Time(TimeOnly.FromDateTime(At(instant, timeZone).DateTime));

    /// <summary>"UTC+5", "UTC−3:30".</summary>
    public static string Offset(DateTimeOffset instant, string timeZone)
    {
        var offset = At(instant, timeZone).Offset;
        var minutes = offset.Minutes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{Math.Abs(offset.Minutes):00}");
        return offset == TimeSpan.Zero ? "UTC" : string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '−' : '+')}{Math.Abs(offset.Hours)}{minutes}");
    }

    /// <summary>"Europe/Berlin" as a person says it: the city. Names of places are not translated.</summary>
    public static string ZoneCity(string timeZone) => timeZone[(timeZone.LastIndexOf('/') + 1)..].Replace('_', ' ');

    /// <summary>Arabic-Indic and Persian digits become Western ones, so that people may type what their keyboard gives.</summary>
    public static string WesternDigits(string typed) => string.Concat(typed.Select(letter =>
        letter is >= '0' and <= '9' || !char.IsDigit(letter) ? letter : (char)('0' + (int)char.GetNumericValue(letter))));

    /// <summary>What a field for a day and a time holds, and takes back.</summary>
    public const string LocalInput = "yyyy-MM-dd'T'HH:mm";

    /// <summary>A day and a time as typed, on the clock of a place; null if it is none.</summary>
    public static DateTimeOffset? ReadMoment(string? typed, string timeZone) =>
        DateTime.TryParseExact(WesternDigits(typed ?? ""), LocalInput, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? new DateTimeOffset(local, At(new DateTimeOffset(local, TimeSpan.Zero), timeZone).Offset) : null;

    private static string Write(DateOnly day, string pattern)
    {
        var text = day.ToString(pattern, Cultures.Current.Culture);
        return Cultures.Current.Code == "fr" && day.Day == 1 ? $" {text}".Replace(" 1 ", " 1ᵉʳ ", StringComparison.Ordinal)[1..] : text;
    }

    private static NumberFormatInfo Western(string language) => new()
    {
        NumberGroupSeparator = language == "en" ? "," : Joiner.ToString(),
        NumberDecimalSeparator = language is "en" or "ar" ? "." : ",",
    };
}
