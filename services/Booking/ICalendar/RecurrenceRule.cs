using System.Globalization;

namespace MedTourism.Booking.ICalendar;

public enum Frequency
{
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// <summary>A weekday, or the nth one of a month or year; negative counts from the end, 0 means every one.</summary>
public readonly record struct WeekdayRule(int Nth, DayOfWeek Day);

/// <summary>An RRULE (RFC 5545, 3.3.10). Lists are sorted and without repetitions; an empty list is no rule.</summary>
public sealed record RecurrenceRule
{
    public required Frequency Frequency { get; init; }

    public int Interval { get; init; } = 1;

    public int? Count { get; init; }

    /// <summary>The last possible moment, on the clock of the event's start.</summary>
    public CalendarMoment? Until { get; init; }

    public DayOfWeek WeekStart { get; init; } = DayOfWeek.Monday;

    public int[] Seconds { get; init; } = [];

    public int[] Minutes { get; init; } = [];

    public int[] Hours { get; init; } = [];

    public WeekdayRule[] Days { get; init; } = [];

    public int[] MonthDays { get; init; } = [];

    public int[] YearDays { get; init; } = [];

    public int[] Weeks { get; init; } = [];

    public int[] Months { get; init; } = [];

    public int[] Positions { get; init; } = [];

    /// <summary>Null if it is not a rule of RFC 5545 or has a part nobody here knows: half a rule would set time free that is taken.</summary>
    public static RecurrenceRule? TryParse(string? text)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in (text ?? string.Empty).ToUpperInvariant().Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=') is not [{ Length: > 0 } name, { Length: > 0 } value] || !parts.TryAdd(name, value))
            {
                return null;
            }
        }

        return new Parser(parts).Read();
    }

    // So that no sum of ticks overflows; it is beyond every horizon, even in seconds.
    private const int LongestInterval = 50_000_000;

    private sealed class Parser(Dictionary<string, string> parts)
    {
        private bool _broken;

        public RecurrenceRule? Read()
        {
            if (!parts.Remove("FREQ", out var word) || !Enum.TryParse<Frequency>(word, ignoreCase: true, out var frequency) || char.IsAsciiDigit(word[0]))
            {
                return null;
            }

            var until = parts.Remove("UNTIL", out var last) ? CalendarMoment.TryParse(last) : null;
            _broken |= last is not null && until is null;
            var rule = new RecurrenceRule
            {
                Frequency = frequency,
                Interval = Math.Min(Number("INTERVAL") ?? 1, LongestInterval),
                Count = Number("COUNT"),
                Until = until,
                WeekStart = parts.Remove("WKST", out var start) ? Weekday(start) : DayOfWeek.Monday,
                Seconds = List("BYSECOND", 0, 60),
                Minutes = List("BYMINUTE", 0, 59),
                Hours = List("BYHOUR", 0, 23),
                Days = DayList(),
                MonthDays = List("BYMONTHDAY", 1, 31, signed: true),
                YearDays = List("BYYEARDAY", 1, 366, signed: true),
                Weeks = List("BYWEEKNO", 1, 53, signed: true),
                Months = List("BYMONTH", 1, 12),
                Positions = List("BYSETPOS", 1, 366, signed: true),
            };
            return _broken || parts.Count > 0 ? null : rule;
        }

        private int? Number(string name)
        {
            if (!parts.Remove(name, out var text))
            {
                return null;
            }

            _broken |= !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1;
            return value;
        }

        private int[] List(string name, int least, int most, bool signed = false)
        {
            if (!parts.Remove(name, out var text))
            {
                return [];
            }

            var values = new SortedSet<int>();
            foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
            {
                _broken |= !int.TryParse(item, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                    || (signed ? Math.Abs((long)value) : value) < least || (signed ? Math.Abs((long)value) : value) > most;
                values.Add(value);
            }

            return [.. values];
        }

        private WeekdayRule[] DayList()
        {
            if (!parts.Remove("BYDAY", out var text))
            {
                return [];
            }

            var days = new HashSet<WeekdayRule>();
            foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
            {
                var nth = 0;
                _broken |= item.Length < 2 || (item.Length > 2 && (!int.TryParse(item[..^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out nth)
                    || nth is 0 or < -53 or > 53));
                days.Add(new WeekdayRule(nth, Weekday(item.Length < 2 ? item : item[^2..])));
            }

            return [.. days];
        }

        private DayOfWeek Weekday(string text)
        {
            var index = Array.IndexOf(["SU", "MO", "TU", "WE", "TH", "FR", "SA"], text);
            _broken |= index < 0;
            return index < 0 ? DayOfWeek.Monday : (DayOfWeek)index;
        }
    }
}
