namespace MedTourism.Booking.ICalendar;

/// <summary>A VCALENDAR with its events, free-busy times and time zones. Only what says when someone is busy is kept; titles, notes and people never are.</summary>
public sealed class CalendarComponent(string name)
{
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "STATUS", "TRANSP", "FREEBUSY",
        "TZID", "TZOFFSETFROM", "TZOFFSETTO",
    };

    public string Name { get; } = name;

    public List<ContentLine> Lines { get; } = [];

    public List<CalendarComponent> Parts { get; } = [];

    public ContentLine? Line(string name) => Lines.Find(line => line.Name == name);

    public string? Value(string name) => Line(name)?.Value.Trim();

    /// <exception cref="CalendarRefusedException">
    /// <c>not-a-calendar</c>, <c>cut-off</c>, <c>nested-too-deeply</c>, <c>too-many-events</c>, <c>too-large</c> or <c>wrong-encoding</c>.
    /// </exception>
    public static List<CalendarComponent> Read(ReadOnlyMemory<byte> octets)
    {
        var root = new CalendarComponent(string.Empty);
        var open = new Stack<CalendarComponent>([root]);
        var events = 0;
        foreach (var line in ContentLine.ReadAll(octets))
        {
            var of = line.Value.Trim().ToUpperInvariant();
            if (line.Name == "BEGIN")
            {
                if (root.Parts.Count == 0 && of != "VCALENDAR")
                {
                    break;
                }

                if (open.Count > CalendarLimits.Depth)
                {
                    throw new CalendarRefusedException("nested-too-deeply", "The calendar's parts are nested too deeply.", CalendarLimits.Depth);
                }

                events += of is "VEVENT" or "VFREEBUSY" ? 1 : 0;
                if (events > CalendarLimits.Events)
                {
                    throw new CalendarRefusedException("too-many-events", $"The calendar has more than {CalendarLimits.Events} events.", CalendarLimits.Events);
                }

                var part = new CalendarComponent(of);
                open.Peek().Parts.Add(part);
                open.Push(part);
            }
            else if (line.Name == "END")
            {
                if (open.Peek().Name != of)
                {
                    throw new CalendarRefusedException("not-a-calendar", "A part of the calendar ends that did not begin.");
                }

                open.Pop();
            }
            else if (Kept.Contains(line.Name) && open.Peek().Name is "VEVENT" or "VFREEBUSY" or "VTIMEZONE" or "STANDARD" or "DAYLIGHT")
            {
                open.Peek().Lines.Add(line);
            }
        }

        if (root.Parts.Count == 0)
        {
            throw new CalendarRefusedException("not-a-calendar", "This is not an iCalendar file.");
        }

        // Half a calendar would set free what its other half takes.
        return open.Count == 1 ? root.Parts : throw new CalendarRefusedException("cut-off", "The calendar ends in the middle.");
    }
}
