using System.Globalization;
using System.Text;

namespace MedTourism.Notifications.Calendars;

/// <summary>
/// Writes a booking's events as iCalendar (RFC 5545). A UID is for ever, SEQUENCE rises with each change, and METHOD is PUBLISH: patients are told, not
/// asked. Times are local with the zone's rules beside them: old phones still think Kazakhstan is at +06:00.
/// </summary>
public static class CalendarFile
{
    private const int LongestLine = 75;

    /// <param name="appointments">At least one, all in one time zone.</param>
    public static string Write(params IReadOnlyList<CalendarEvent> appointments)
    {
        ArgumentNullException.ThrowIfNull(appointments);
        var file = new StringBuilder();
        Line("BEGIN:VCALENDAR");
        Line("VERSION:2.0");
        Line("PRODID:-//MedTourism//Notifications//EN");
        Line("CALSCALE:GREGORIAN");
        Line("METHOD:PUBLISH");
        foreach (var line in ZoneRules.Lines(appointments[0].Zone, appointments.Min(x => x.Start), appointments.Max(x => x.End)))
        {
            Line(line);
        }

        foreach (var appointment in appointments)
        {
            Event(appointment);
        }

        Line("END:VCALENDAR");
        return file.ToString();

        void Line(string content) => file.Append(Fold(content)).Append("\r\n");

        void Event(CalendarEvent appointment)
        {
            Line("BEGIN:VEVENT");
            Line($"UID:{Text(appointment.Uid)}");
            Line($"SEQUENCE:{appointment.Sequence.ToString(CultureInfo.InvariantCulture)}");
            Line($"DTSTAMP:{Utc(appointment.ChangedAt)}");
            Line($"LAST-MODIFIED:{Utc(appointment.ChangedAt)}");
            Line($"DTSTART;TZID={appointment.Zone.Id}:{Local(appointment.Start, appointment.Zone)}");
            Line($"DTEND;TZID={appointment.Zone.Id}:{Local(appointment.End, appointment.Zone)}");
            Line($"STATUS:{(appointment.Cancelled ? "CANCELLED" : "CONFIRMED")}");
            Line($"TRANSP:{(appointment.Cancelled ? "TRANSPARENT" : "OPAQUE")}");
            Line("CLASS:PRIVATE");
            Line($"SUMMARY:{Text(appointment.Summary)}");
            if (appointment.Location is { Length: > 0 } location)
            {
                Line($"LOCATION:{Text(location)}");
            }

            Line($"DESCRIPTION:{Text(appointment.Description)}");
            Line($"URL:{appointment.Url}");
            Line($"ORGANIZER:mailto:{appointment.Organiser}");
            if (!appointment.Cancelled)
            {
                Line("BEGIN:VALARM");
                Line("ACTION:DISPLAY");
                Line("TRIGGER:-P1D");
                Line($"DESCRIPTION:{Text(appointment.AlarmText)}");
                Line("END:VALARM");
            }

            Line("END:VEVENT");
        }
    }

    /// <summary>Breaks a line so that none has more than 75 octets, never inside a character. A continuation starts with a space, which counts.</summary>
    public static string Fold(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var folded = new StringBuilder(line.Length + 8);
        var octets = 0;
        foreach (var character in line.EnumerateRunes())
        {
            if (octets + character.Utf8SequenceLength > LongestLine)
            {
                folded.Append("\r\n ");
                octets = 1;
            }

            folded.Append(character.ToString());
            octets += character.Utf8SequenceLength;
        }

        return folded.ToString();
    }

    /// <summary>Escapes a TEXT value. Line breaks become <c>\n</c>; other control characters, which the format forbids, go.</summary>
    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var character in text.Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            switch (character)
            {
                case '\n' or '\r':
                    escaped.Append("\\n");
                    break;
                case '\\' or ';' or ',':
                    escaped.Append('\\').Append(character);
                    break;
                case '\t':
                    escaped.Append(character);
                    break;
                default:
                    if (!char.IsControl(character))
                    {
                        escaped.Append(character);
                    }

                    break;
            }
        }

        return escaped.ToString();
    }

    private static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Local(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
}
