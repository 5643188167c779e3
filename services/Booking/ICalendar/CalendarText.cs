using System.Globalization;
using System.Text;

namespace MedTourism.Booking.ICalendar;

/// <summary>Writes iCalendar (RFC 5545): lines of at most 75 octets that end with CRLF, escaped text, times in UTC.</summary>
public sealed class CalendarText
{
    private const int LongestLine = 75;

    private readonly StringBuilder _text = new();

    public CalendarText Line(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var octets = 0;
        foreach (var character in content.EnumerateRunes())
        {
            if (octets + character.Utf8SequenceLength > LongestLine)
            {
                _text.Append("\r\n ");
                octets = 1; // the space counts
            }

            _text.Append(character.ToString());
            octets += character.Utf8SequenceLength;
        }

        _text.Append("\r\n");
        return this;
    }

    /// <summary>A property whose value is TEXT.</summary>
    public CalendarText Text(string name, string value) => Line($"{name}:{Escape(value)}");

    public CalendarText Time(string name, DateTimeOffset moment) => Line($"{name}:{Utc(moment)}");

    public override string ToString() => _text.ToString();

    public static string Utc(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Line breaks become <c>\n</c>; other control characters, which the format forbids, go.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var character in text.ReplaceLineEndings("\n"))
        {
            if (character == '\n')
            {
                escaped.Append("\\n");
            }
            else if (character is '\\' or ';' or ',')
            {
                escaped.Append('\\').Append(character);
            }
            else if (character == '\t' || !char.IsControl(character))
            {
                escaped.Append(character);
            }
        }

        return escaped.ToString();
    }
}
