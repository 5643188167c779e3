using System.Globalization;

namespace MedTourism.Booking.ICalendar;

/// <summary>The rules of a time zone that a calendar brings along (VTIMEZONE, RFC 5545, 3.6.5), as far as they matter around now.</summary>
public sealed class EmbeddedZone
{
    private static readonly TimeSpan Back = TimeSpan.FromDays(800);

    private readonly List<(DateTime From, TimeSpan Before, TimeSpan After)> _changes;

    private EmbeddedZone(List<(DateTime From, TimeSpan Before, TimeSpan After)> changes) => _changes = changes;

    /// <summary>Null if its rules cannot be read.</summary>
    /// <exception cref="CalendarRefusedException"><c>calendar-too-long</c>.</exception>
    public static EmbeddedZone? TryRead(CalendarComponent zone, DateTimeOffset from, DateTimeOffset to, StepBudget steps)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(steps);
        var changes = new List<(DateTime From, TimeSpan Before, TimeSpan After)>();
        foreach (var observance in zone.Parts.Where(part => part.Name is "STANDARD" or "DAYLIGHT"))
        {
            if (Offset(observance.Value("TZOFFSETFROM")) is not { } before || Offset(observance.Value("TZOFFSETTO")) is not { } after
                || CalendarMoment.TryParse(observance.Value("DTSTART")) is not { } start)
            {
                return null;
            }

            // Where the clock jumps ahead, the times it leaves out are told by the offset before.
            var gap = after > before ? after - before : TimeSpan.Zero;
            if (Onsets(observance, start with { IsDate = false }, from.UtcDateTime - Back, to.UtcDateTime.AddDays(2), steps) is not { } onsets)
            {
                return null;
            }

            changes.AddRange(onsets.Select(onset => (onset + gap, before, after)));
        }

        return changes.Count == 0 ? null : new EmbeddedZone([.. changes.OrderBy(change => change.From)]);
    }

    public TimeSpan OffsetAt(DateTime local)
    {
        var (low, high) = (0, _changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _changes[middle].From <= local ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? _changes[0].Before : _changes[low - 1].After;
    }

    private static List<DateTime>? Onsets(CalendarComponent observance, CalendarMoment start, DateTime from, DateTime to, StepBudget steps)
    {
        var onsets = new List<DateTime> { start.Local };
        foreach (var line in observance.Lines.Where(line => line.Name == "RDATE"))
        {
            onsets.AddRange(line.Value.Split(',').Select(CalendarMoment.TryParse).OfType<CalendarMoment>().Select(moment => moment.Local));
        }

        foreach (var line in observance.Lines.Where(line => line.Name == "RRULE"))
        {
            if (RecurrenceRule.TryParse(line.Value) is not { Frequency: Frequency.Yearly or Frequency.Monthly } rule)
            {
                return null;
            }

            // A rule that ended long ago matters by its last change.
            var end = rule.Until?.Local.AddDays(1) is { } until && until < to ? until : to;
            try
            {
                onsets.AddRange(Recurrence.Between(rule with { Until = null }, start, end < from ? Earlier(end) : from, end, steps.OfRule()));
            }
            catch (CalendarRefusedException refused) when (refused.Code == "rule-too-long")
            {
                return null;
            }
        }

        return onsets;
    }

    private static DateTime Earlier(DateTime moment) => moment.Ticks > Back.Ticks ? moment - Back : moment;

    /// <summary><c>+0530</c>, <c>-08</c> or with seconds.</summary>
    private static TimeSpan? Offset(string? text)
    {
        if (text is not { Length: 3 or 5 or 7 } || text[0] is not ('+' or '-') || !int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var digits))
        {
            return null;
        }

        var packed = text.Length switch { 3 => digits * 10_000, 5 => digits * 100, _ => digits };
        var offset = new TimeSpan(packed / 10_000, packed / 100 % 100, packed % 100);
        return offset > TimeSpan.FromHours(18) ? null : text[0] == '-' ? -offset : offset;
    }
}
