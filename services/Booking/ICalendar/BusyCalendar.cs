using System.Security.Cryptography;
using System.Text;

namespace MedTourism.Booking.ICalendar;

/// <summary>
/// A time that a calendar says is taken. <see cref="Uid"/> and <see cref="Instance"/> (the original start of a recurrence, empty for an event that does
/// not recur) name it from one reading to the next. <see cref="Doubt"/> is why its time is a guess, if it is one.
/// </summary>
public sealed record BusyTime(string Uid, string Instance, DateTimeOffset Start, DateTimeOffset End, string? Doubt);

/// <summary>Something a clinic should know about its calendar; <see cref="Example"/> is a time zone's name or an event's UID.</summary>
public sealed record CalendarNote(string Code, int Count, string? Example);

/// <summary>What a calendar says about when its owner is busy, and nothing else of it.</summary>
public sealed record BusyCalendar(int Events, IReadOnlyList<BusyTime> Times, IReadOnlyList<CalendarNote> Notes)
{
    private const int LongestUid = 200;

    /// <summary>The busy times that end after <paramref name="now"/> and begin within the horizon of 180 days, in no order.</summary>
    /// <param name="octets">The file.</param>
    /// <param name="clinic">The clock of days and of times that name no zone.</param>
    /// <param name="now">From when on.</param>
    /// <exception cref="CalendarRefusedException">It cannot be read, or is beyond <see cref="CalendarLimits"/>. Nothing else is thrown, whatever the file.</exception>
    public static BusyCalendar Read(ReadOnlyMemory<byte> octets, TimeZoneInfo clinic, DateTimeOffset now)
    {
        var calendars = CalendarComponent.Read(octets);
        var steps = StepBudget.OfCalendar();
        var notes = new Dictionary<string, CalendarNote>(StringComparer.Ordinal);
        var zones = new CalendarZones(calendars, clinic, now, now + CalendarLimits.Horizon, steps, Note);
        var reader = new EventReader(new EventClock(zones, Note), now, now + CalendarLimits.Horizon, steps, Note);
        var parts = calendars.SelectMany(calendar => calendar.Parts).ToList();
        var events = parts.FindAll(part => part.Name == "VEVENT");
        foreach (var series in events.GroupBy(UidOf, StringComparer.Ordinal))
        {
            reader.AddSeries(series.Key, [.. series]);
        }

        foreach (var list in parts.Where(part => part.Name == "VFREEBUSY"))
        {
            reader.AddFreeBusy(UidOf(list), list);
        }

        return new BusyCalendar(events.Count, reader.Times, [.. notes.Values.OrderBy(note => note.Code, StringComparer.Ordinal)]);

        void Note(string code, string example) =>
            notes[code] = notes.TryGetValue(code, out var known) ? known with { Count = known.Count + 1 } : new CalendarNote(code, 1, Clean(example));
    }

    /// <summary>An event without a UID is named by what it says, so that it is the same at the next reading.</summary>
    private static string UidOf(CalendarComponent part) => part.Value("UID") is { Length: > 0 } uid
        ? uid.Length <= LongestUid ? Clean(uid) : Hash(uid)
        : Hash(string.Join('\n', part.Lines.Select(line => $"{line.Name}:{line.Value}")));

    private static string Clean(string text) =>
        new([.. text.Take(LongestUid).Where(character => !char.IsControl(character) && !char.IsSurrogate(character))]);

    private static string Hash(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
