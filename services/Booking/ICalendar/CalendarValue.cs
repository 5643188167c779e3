using System.Globalization;

namespace MedTourism.Booking.ICalendar;

/// <summary>A DATE or DATE-TIME as written: local to something, unless <see cref="IsUtc"/>.</summary>
public readonly record struct CalendarMoment(DateTime Local, bool IsUtc, bool IsDate)
{
    public static CalendarMoment? TryParse(string? text)
    {
        text = text?.Trim();
        if (text is { Length: 8 } && TryParse(text, "yyyyMMdd", out var date))
        {
            return new CalendarMoment(date, false, true);
        }

        var isUtc = text is { Length: 16 } && text[^1] is 'Z' or 'z';
        var plain = isUtc ? text![..^1] : text;

        // The second 60 of the format is a leap second, which our clocks do not have.
        plain = plain is { Length: 15 } && plain.EndsWith("60", StringComparison.Ordinal) ? plain[..13] + "59" : plain;
        return plain is { Length: 15 } && TryParse(plain.ToUpperInvariant(), "yyyyMMdd'T'HHmmss", out var time) ? new CalendarMoment(time, isUtc, false) : null;
    }

    private static bool TryParse(string text, string format, out DateTime value) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out value) && value.Year is >= 1600 and <= 9900;
}

public static class CalendarDuration
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary><c>P1W</c>, <c>P1DT2H3M4S</c>, with a sign or without; null if it is no duration, or longer than ten years.</summary>
    public static TimeSpan? TryParse(string? text)
    {
        text = text?.Trim().ToUpperInvariant() ?? string.Empty;
        var negative = text.StartsWith('-');
        var rest = text.AsSpan().TrimStart("+-");
        if (rest.Length < 3 || rest[0] != 'P')
        {
            return null;
        }

        var (seconds, number, digits) = (0L, 0L, 0);
        foreach (var character in rest[1..])
        {
            if (char.IsAsciiDigit(character))
            {
                number = (number * 10) + (character - '0');
                if (++digits > 9)
                {
                    return null;
                }

                continue;
            }

            var unit = character switch { 'W' => 604_800, 'D' => 86_400, 'H' => 3_600, 'M' => 60, 'S' => 1, 'T' => 0, _ => -1 };
            if (unit < 0 || (unit == 0) != (digits == 0))
            {
                return null;
            }

            seconds += number * unit;
            (number, digits) = (0, 0);
        }

        return digits > 0 || seconds > Longest.TotalSeconds ? null : TimeSpan.FromSeconds(negative ? -seconds : seconds);
    }
}
