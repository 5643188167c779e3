using System.Globalization;

namespace MedTourism.StripeStandIn.Api;

/// <summary>How Stripe counts each currency: most in hundredths, some in whole units, some in thousandths that end in zero.</summary>
internal static class Amounts
{
    private static readonly HashSet<string> Whole =
        ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];

    private static readonly HashSet<string> Thousandths = ["bhd", "jod", "kwd", "omr", "tnd"];

    // Shown without decimals, counted in hundredths that must be zero.
    private static readonly HashSet<string> WholeHundreds = ["isk", "ugx"];

    public static void Check(long amount, string currency, string param)
    {
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterLower))
        {
            throw StripeError.Invalid($"Invalid currency: {currency}.", "currency");
        }

        if (amount < 1)
        {
            throw StripeError.Invalid("Invalid positive integer", param, "parameter_invalid_integer");
        }

        var step = Thousandths.Contains(currency) ? 10 : WholeHundreds.Contains(currency) ? 100 : 1;
        if (amount % step != 0)
        {
            throw StripeError.Invalid($"Amounts in {currency} must be multiples of {step}.", param, "amount_invalid");
        }
    }

    /// <summary>The amount as people read it in this language.</summary>
    public static string Show(long amount, string currency, CultureInfo culture)
    {
        var decimals = Whole.Contains(currency) ? 0 : Thousandths.Contains(currency) ? 3 : 2;
        var value = amount / (decimal)Math.Pow(10, decimals);
        var format = WholeHundreds.Contains(currency) || decimal.IsInteger(value) ? "N0" : $"N{decimals}";
        return $"{value.ToString(format, culture)} {currency.ToUpperInvariant()}";
    }
}
