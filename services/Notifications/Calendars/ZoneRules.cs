using System.Globalization;

namespace MedTourism.Notifications.Calendars;

/// <summary>Writes the VTIMEZONE of an event: the offsets of the three years before it, so that both sides of Kazakhstan's change of 1 March 2024 are there.</summary>
internal static class ZoneRules
{
    private static readonly DateTimeOffset KazakhChange = new(2024, 2, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<string> Lines(TimeZoneInfo zone, DateTimeOffset start, DateTimeOffset end)
    {
        var from = start.AddYears(-3) < KazakhChange ? start.AddYears(-3) : KazakhChange;
        yield return "BEGIN:VTIMEZONE";
        yield return $"TZID:{zone.Id}";
        var offset = zone.GetUtcOffset(from);
        foreach (var line in Observance("19700101T000000", offset, offset, zone.IsDaylightSavingTime(from)))
        {
            yield return line;
        }

        for (var day = from; day < end; day = day.AddDays(1))
        {
            var next = zone.GetUtcOffset(day.AddDays(1));
            if (next == offset)
            {
                continue;
            }

            var change = ChangeBetween(zone, day, day.AddDays(1));
            foreach (var line in Observance(Local(change, offset), offset, next, zone.IsDaylightSavingTime(change)))
            {
                yield return line;
            }

            offset = next;
        }

        yield return "END:VTIMEZONE";
    }

    private static IEnumerable<string> Observance(string start, TimeSpan from, TimeSpan to, bool daylight)
    {
        var kind = daylight ? "DAYLIGHT" : "STANDARD";
        return [$"BEGIN:{kind}", $"DTSTART:{start}", $"TZOFFSETFROM:{Offset(from)}", $"TZOFFSETTO:{Offset(to)}", $"END:{kind}"];
    }

    /// <summary>The minute of a change of offset, by halving the day it is in.</summary>
    private static DateTimeOffset ChangeBetween(TimeZoneInfo zone, DateTimeOffset before, DateTimeOffset after)
    {
        var old = zone.GetUtcOffset(before);
        var (low, high) = (before.UtcTicks / TimeSpan.TicksPerMinute, after.UtcTicks / TimeSpan.TicksPerMinute);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (zone.GetUtcOffset(new DateTimeOffset(middle * TimeSpan.TicksPerMinute, TimeSpan.Zero)) == old)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return new DateTimeOffset(high * TimeSpan.TicksPerMinute, TimeSpan.Zero);
    }

    /// <summary>RFC 5545 tells a change by the clock that was in force before it.</summary>
    private static string Local(DateTimeOffset instant, TimeSpan offset) => instant.ToOffset(offset).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string Offset(TimeSpan offset) => (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hhmm", CultureInfo.InvariantCulture);
}
