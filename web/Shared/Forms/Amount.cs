using System.Globalization;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Shared.Forms;

/// <summary>An amount of money in a text field, in units of its currency.</summary>
public static class Amount
{
    /// <summary>Minor units; null if it is no amount, is below zero or has a finer part than the currency. Spaces between digits are fine; a comma is not, since it may mean either.</summary>
    public static long? Read(string typed, string currency)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var digits = Formats.WesternDigits(typed).Replace(" ", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal);
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount < 1_000_000_000_000m
            && amount * Scale(currency) is var minor && minor == decimal.Truncate(minor) ? (long)minor : null;
    }

    /// <summary>As it can be typed again.</summary>
    public static string Write(long minor, string currency) => (minor / Scale(currency)).ToString("0.##", CultureInfo.InvariantCulture);

    private static decimal Scale(string currency) => (decimal)Math.Pow(10, Formats.MinorDigits(currency));
}
