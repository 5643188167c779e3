using System.Globalization;

namespace MedTourism.Booking.ICalendar;

/// <summary>When an event is, without its recurrences. <see cref="Key"/> names its start from one reading to the next.</summary>
internal sealed record PlacedEvent(CalendarMoment Moment, CalendarZone Zone, TimeSpan Length, string? Doubt, string Key)
{
    public DateTimeOffset Start => StartAt(Moment.Local);

    public DateTimeOffset End => EndFrom(Moment.Local);

    public DateTimeOffset StartAt(DateTime local) => Zone.ToMoment(local);

    /// <summary>Days are whole ones, whatever the clock does in between; other times last as long as they say.</summary>
    public DateTimeOffset EndFrom(DateTime local) => Moment.IsDate && Length.Ticks % TimeSpan.TicksPerDay == 0
        ? Zone.ToMoment(local + Length)
        : StartAt(local) + Length;
}

/// <summary>Reads the moments and periods that the lines of a calendar name, each on the clock that applies to it.</summary>
internal sealed class EventClock(CalendarZones zones, Action<string, string> note)
{
    public CalendarZone Utc => zones.Utc;

    public CalendarZone ZoneOf(ContentLine line) => zones.Of(line).Zone;

    /// <summary>When an event is, without its recurrences; null if nobody can say.</summary>
    public PlacedEvent? Place(CalendarComponent part)
    {
        if (part.Line("DTSTART") is not { } line || CalendarMoment.TryParse(line.Value) is not { } moment)
        {
            return null;
        }

        var (zone, doubt) = moment.IsUtc ? (zones.Utc, null) : moment.IsDate ? (zones.Clinic, null) : zones.Of(line);
        var start = zone.ToMoment(moment.Local);
        var length = moment.IsDate ? TimeSpan.FromDays(1) : TimeSpan.Zero;
        if (CalendarDuration.TryParse(part.Value("DURATION")) is { } duration)
        {
            length = duration;
        }
        else if (part.Line("DTEND") is { } endLine && CalendarMoment.TryParse(endLine.Value) is { } end)
        {
            length = moment.IsDate ? end.Local.Date - moment.Local : ZoneOf(endLine, end, zone).ToMoment(end.Local) - start;
        }

        if (length < TimeSpan.Zero)
        {
            note("ends-before-start", part.Value("UID") ?? string.Empty);
            length = TimeSpan.Zero;
        }

        return new PlacedEvent(moment, zone, length < CalendarDuration.Longest ? length : CalendarDuration.Longest, doubt, Key(moment, zone));
    }

    private CalendarZone ZoneOf(ContentLine line, CalendarMoment moment, CalendarZone otherwise) =>
        moment.IsUtc ? zones.Utc : line.Parameter("TZID") is null ? otherwise : zones.Of(line).Zone;

    /// <summary>Which recurrence an event replaces.</summary>
    public (string Key, DateTimeOffset At)? Original(CalendarComponent part)
    {
        var line = part.Line("RECURRENCE-ID")!;
        return Moments(line).Select(x => ((string, DateTimeOffset)?)(x.Key, x.At)).FirstOrDefault();
    }

    public IEnumerable<(string Key, DateTimeOffset At)> Moments(ContentLine line)
    {
        foreach (var text in line.Value.Split(','))
        {
            if (CalendarMoment.TryParse(text) is { } moment)
            {
                var zone = moment.IsDate ? zones.Clinic : ZoneOf(line, moment, zones.Clinic);
                yield return (Key(moment, zone), zone.ToMoment(moment.Local));
            }
        }
    }

    /// <summary><c>start/end</c>, <c>start/duration</c>, or a start alone, whose end is then its start.</summary>
    public (string Key, CalendarMoment Moment, DateTimeOffset Start, DateTimeOffset End)? Period(string text, CalendarZone zone, bool days)
    {
        var parts = text.Split('/');
        if (CalendarMoment.TryParse(parts[0]) is not { } moment)
        {
            return null;
        }

        zone = moment.IsUtc ? zones.Utc : days ? zones.Clinic : zone;
        var start = zone.ToMoment(moment.Local);
        var end = parts.Length < 2 ? start
            : CalendarDuration.TryParse(parts[1]) is { } length ? start + length
            : CalendarMoment.TryParse(parts[1]) is { } last ? (last.IsUtc ? zones.Utc : zone).ToMoment(last.Local) : start;
        return (Key(moment, zone), moment, start, end);
    }

    public static string Key(CalendarMoment moment, CalendarZone zone) =>
        moment.IsDate ? moment.Local.ToString("yyyyMMdd", CultureInfo.InvariantCulture) : CalendarText.Utc(zone.ToMoment(moment.Local));
}
