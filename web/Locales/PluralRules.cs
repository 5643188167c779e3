// Generated from cldr-core 48.1.0 by Locales/plurals.mjs (npm run plurals). Do not edit.
namespace MedTourism.Web.Locales;

/// <summary>The plural category of a number in each language of the site, as Unicode CLDR defines it.</summary>
public static class PluralRules
{
    public static readonly IReadOnlyDictionary<string, string[]> Categories = new Dictionary<string, string[]>
    {
        ["en"] = ["one", "other"],
        ["ru"] = ["one", "few", "many", "other"],
        ["kk"] = ["one", "other"],
        ["fr"] = ["one", "many", "other"],
        ["ar"] = ["zero", "one", "two", "few", "many", "other"],
    };

    public static string Category(string language, decimal number)
    {
        // CLDR's operands: n the absolute value, i its whole part, v the number of digits shown after the point.
        var n = Math.Abs(number);
        var i = Math.Truncate(n);
        var v = (decimal.GetBits(number)[3] >> 16) & 0x7F;
        return Choose(language, n, i, v);
    }

    private static string Choose(string language, decimal n, decimal i, int v) => language switch
    {
        "en" => i is 1 && v is 0 ? "one"
            : "other",
        "ru" => v is 0 && (i % 10) is 1 && !((i % 100) is 11) ? "one"
            : v is 0 && ((i % 10) is >= 2 and <= 4 && (i % 10) % 1 == 0) && !(((i % 100) is >= 12 and <= 14 && (i % 100) % 1 == 0)) ? "few"
            : (v is 0 && (i % 10) is 0) || (v is 0 && ((i % 10) is >= 5 and <= 9 && (i % 10) % 1 == 0)) || (v is 0 && ((i % 100) is >= 11 and <= 14 && (i % 100) % 1 == 0)) ? "many"
            : "other",
        "kk" => n is 1 ? "one"
            : "other",
        "fr" => (i is 0 || i is 1) ? "one"
            : !(i is 0) && (i % 1000000) is 0 && v is 0 ? "many"
            : "other",
        "ar" => n is 0 ? "zero"
            : n is 1 ? "one"
            : n is 2 ? "two"
            : ((n % 100) is >= 3 and <= 10 && (n % 100) % 1 == 0) ? "few"
            : ((n % 100) is >= 11 and <= 99 && (n % 100) % 1 == 0) ? "many"
            : "other",
        _ => "other",
    };
}
