namespace MedTourism.Booking.ICalendar;

/// <summary>Counts what is looked at, so that no rule, nor many of them together, keeps us busy for ever.</summary>
public sealed class StepBudget(int most, string code, StepBudget? whole = null)
{
    private int _taken;

    /// <summary>For one calendar, and within it for one rule.</summary>
    public static StepBudget OfCalendar() => new(CalendarLimits.Steps, "calendar-too-long");

    public StepBudget OfRule() => new(CalendarLimits.StepsPerRule, "rule-too-long", this);

    /// <exception cref="CalendarRefusedException"><c>rule-too-long</c> or <c>calendar-too-long</c>.</exception>
    public void Take(int count = 1)
    {
        whole?.Take(count);
        if ((_taken += count) > most)
        {
            throw new CalendarRefusedException(code, "The calendar's recurrence rules take too long to work out.", most);
        }
    }
}

/// <summary>
/// Works out the moments of a rule (RFC 5545, 3.3.10), on the clock of the event's start and without a time zone. A moment that the rule does not give
/// is not in it, even if it is the start. Everything is computed as it is asked for.
/// </summary>
public static class Recurrence
{
    private static readonly DateTime LastDay = new(9990, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>
    /// The moments from <paramref name="from"/> to <paramref name="to"/>, both included, in order. Rules with a COUNT are walked from their start, others
    /// from shortly before <paramref name="from"/>.
    /// </summary>
    /// <exception cref="CalendarRefusedException"><c>rule-too-long</c>: <paramref name="steps"/> are used up.</exception>
    public static IEnumerable<DateTime> Between(RecurrenceRule rule, CalendarMoment start, DateTime from, DateTime to, StepBudget steps)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(steps);
        var last = rule.Until is { } until ? (until.IsDate && !start.IsDate ? until.Local.AddDays(1).AddSeconds(-1) : until.Local) : LastDay;
        last = Earliest(last, to, LastDay);
        var given = 0;
        foreach (var moment in All(rule, start, from, last, steps))
        {
            steps.Take();
            if (moment < start.Local)
            {
                continue;
            }

            if (moment > last || given == rule.Count)
            {
                yield break;
            }

            given++;
            if (moment >= from)
            {
                yield return moment;
            }
        }
    }

    private static DateTime Earliest(params ReadOnlySpan<DateTime> moments)
    {
        var earliest = moments[0];
        foreach (var moment in moments)
        {
            earliest = moment < earliest ? moment : earliest;
        }

        return earliest;
    }

    private static IEnumerable<DateTime> All(RecurrenceRule rule, CalendarMoment start, DateTime from, DateTime last, StepBudget steps)
    {
        // Only a count has to be counted from the start.
        var skipTo = rule.Count is null && from > start.Local ? from : start.Local;
        return rule.Frequency < Frequency.Daily && !start.IsDate
            ? ShortPeriods.Moments(rule, start.Local, skipTo, last, steps)
            : LongPeriods(rule, start, skipTo, last, steps);
    }

    /// <summary>Days, weeks, months and years: the days that fit, each with the times of day.</summary>
    private static IEnumerable<DateTime> LongPeriods(RecurrenceRule rule, CalendarMoment start, DateTime skipTo, DateTime last, StepBudget steps)
    {
        var times = TimesOfDay(rule, start);
        var days = new RecurrenceDays(rule, DateOnly.FromDateTime(start.Local));
        var fitting = new List<DateOnly>();
        steps.Take(times.Count);
        for (var period = days.PeriodBefore(DateOnly.FromDateTime(skipTo)); ; period++)
        {
            if (days.Of(period) is not { } range || range.First.ToDateTime(TimeOnly.MinValue) > last)
            {
                yield break;
            }

            fitting.Clear();
            steps.Take((range.Count * days.Weight) + rule.Positions.Length);
            for (var i = 0; i < range.Count; i++)
            {
                if (days.Fits(range.First.AddDays(i)))
                {
                    fitting.Add(range.First.AddDays(i));
                }
            }

            var (picked, count) = Picked(rule.Positions, (long)fitting.Count * times.Count);
            for (var i = 0L; i < count; i++)
            {
                var index = picked?[(int)i] ?? i;
                yield return fitting[(int)(index / times.Count)].ToDateTime(TimeOnly.MinValue) + times[(int)(index % times.Count)];
            }
        }
    }

    /// <summary>BYSETPOS: which of so many, from 0, and how many these are; no list if there is no such rule, which means all.</summary>
    internal static (long[]? Picked, long Count) Picked(int[] positions, long count)
    {
        if (positions.Length == 0)
        {
            return (null, count);
        }

        var picked = new long[positions.Length];
        var found = 0;
        foreach (var position in positions)
        {
            var index = position > 0 ? position - 1 : count + position;
            if (index >= 0 && index < count && Array.IndexOf(picked, index, 0, found) < 0)
            {
                picked[found++] = index;
            }
        }

        Array.Sort(picked, 0, found);
        return (picked, found);
    }

    private static List<TimeSpan> TimesOfDay(RecurrenceRule rule, CalendarMoment start) => start.IsDate
        ? [TimeSpan.Zero]
        : Times(Or(rule.Hours, start.Local.Hour), Or(rule.Minutes, start.Local.Minute), Or(rule.Seconds, start.Local.Second));

    internal static List<TimeSpan> Times(int[] hours, int[] minutes, int[] seconds) =>
        [.. from hour in hours from minute in minutes from second in seconds select new TimeSpan(hour, minute, Math.Min(second, 59))];

    internal static int[] Or(int[] listed, int otherwise) => listed.Length > 0 ? listed : [otherwise];
}
