using MedTourism.Booking.Availability;
using TimeZoneConverter;

namespace MedTourism.Booking.ICalendar;

/// <summary>A clock that a calendar's times are told by: a zone of the tz database, or rules the calendar brought along.</summary>
public sealed class CalendarZone
{
    private readonly TimeZoneInfo? _known;
    private readonly EmbeddedZone? _embedded;

    public CalendarZone(TimeZoneInfo known) => _known = known;

    public CalendarZone(EmbeddedZone embedded) => _embedded = embedded;

    public DateTimeOffset ToMoment(DateTime local) => _known is not null
        ? LocalTime.Opening(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local), _known)
        : new DateTimeOffset(local, TimeSpan.Zero) - _embedded!.OffsetAt(local);

    /// <summary>Near enough to choose a window: an hour may be missing around a change of the clock.</summary>
    public DateTime ToLocal(DateTimeOffset moment) => _known is not null
        ? TimeZoneInfo.ConvertTime(moment, _known).DateTime
        : DateTime.SpecifyKind(moment.UtcDateTime + _embedded!.OffsetAt(moment.UtcDateTime), DateTimeKind.Unspecified);
}

/// <summary>
/// Finds the clock behind a TZID: its name in the tz database, then the name Windows gives it, then the calendar's own rules, else the clinic's clock
/// with a note. Where a calendar's rules contradict the database about a named zone, the database is right: programs keep old rules for years, and
/// Kazakhstan's changed in 2024.
/// </summary>
public sealed class CalendarZones(IEnumerable<CalendarComponent> calendars, TimeZoneInfo clinic, DateTimeOffset from, DateTimeOffset to, StepBudget steps, Action<string, string> note)
{
    public const string Unknown = "zone-unknown";
    public const string Contradicted = "zone-contradicts";

    // Only names from these lists reach the file system: a TZID may be a path.
    private static readonly Dictionary<string, string> Named = TZConvert.KnownIanaTimeZoneNames
        .Concat(TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id))
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Windows = new(TZConvert.KnownWindowsTimeZoneIds, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, CalendarComponent> _embedded = calendars
        .SelectMany(calendar => calendar.Parts).Where(part => part.Name == "VTIMEZONE")
        .GroupBy(part => part.Value("TZID") ?? string.Empty, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    private readonly Dictionary<string, (CalendarZone Zone, string? Doubt)> _found = new(StringComparer.Ordinal);

    public CalendarZone Clinic { get; } = new(clinic);

    public CalendarZone Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The clock of a property's times, and why it is a guess if it is one.</summary>
    public (CalendarZone Zone, string? Doubt) Of(ContentLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Parameter("TZID")?.Trim() is not { Length: > 0 } id)
        {
            return (Clinic, null);
        }

        return _found.TryGetValue(id, out var found) ? found : _found[id] = Find(id);
    }

    private (CalendarZone Zone, string? Doubt) Find(string id)
    {
        var embedded = _embedded.TryGetValue(id, out var rules) ? EmbeddedZone.TryRead(rules, from, to, steps) : null;
        if (FindNamed(id) is { } named)
        {
            if (embedded is not null && Differ(named, embedded))
            {
                note(Contradicted, id);
            }

            return (new CalendarZone(named), null);
        }

        if (embedded is not null)
        {
            return (new CalendarZone(embedded), null);
        }

        note(Unknown, id);
        return (Clinic, Unknown);
    }

    /// <summary>Some programs put a path before the name: <c>/freeassociation.sourceforge.net/Asia/Almaty</c>.</summary>
    public static TimeZoneInfo? FindNamed(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length > 200)
        {
            return null;
        }

        // First, because .NET would take a Windows name too, by ICU's data, and be wrong about Bishkek.
        if (Windows.Contains(id))
        {
            return TZConvert.TryWindowsToIana(id, out var iana) && TimeZoneInfo.TryFindSystemTimeZoneById(iana, out var mapped) ? mapped : null;
        }

        for (var rest = id; ; rest = rest[(rest.IndexOf('/', StringComparison.Ordinal) + 1)..])
        {
            if (Named.TryGetValue(rest, out var name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            {
                return zone;
            }

            if (!rest.Contains('/', StringComparison.Ordinal))
            {
                return null;
            }
        }
    }

    private bool Differ(TimeZoneInfo named, EmbeddedZone embedded)
    {
        for (var noon = from.UtcDateTime.Date.AddHours(12); noon < to.UtcDateTime; noon = noon.AddDays(1))
        {
            var local = DateTime.SpecifyKind(noon, DateTimeKind.Unspecified);
            if (named.GetUtcOffset(local) != embedded.OffsetAt(local))
            {
                return true;
            }
        }

        return false;
    }
}
