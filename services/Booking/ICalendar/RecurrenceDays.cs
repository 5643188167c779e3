namespace MedTourism.Booking.ICalendar;

/// <summary>The periods of a rule (every nth day, week, month or year, the start's own is number 0) and which days of them fit it.</summary>
internal sealed class RecurrenceDays
{
    private readonly RecurrenceRule _rule;
    private readonly DateOnly _start;
    private readonly bool _inWeekYears;
    private readonly int _firstYear;
    private readonly int[] _months;
    private readonly int[] _monthDays;
    private readonly WeekdayRule[] _days;

    public RecurrenceDays(RecurrenceRule rule, DateOnly start)
    {
        (_rule, _start) = (rule, start);
        _inWeekYears = rule.Frequency == Frequency.Yearly && rule.Weeks.Length > 0;
        _firstYear = _inWeekYears ? WeekYearOf(start) : start.Year;
        (_months, _monthDays, _days) = (rule.Months, rule.MonthDays, rule.Days);

        // What the rule leaves open, the start says.
        var open = rule.MonthDays.Length == 0 && rule.Days.Length == 0 && rule.YearDays.Length == 0;
        if (rule.Frequency == Frequency.Yearly && rule.Weeks.Length == 0 && rule.YearDays.Length == 0 && rule.Days.Length == 0)
        {
            _months = Recurrence.Or(rule.Months, start.Month);
        }

        if (open && (rule.Frequency == Frequency.Monthly || (rule.Frequency == Frequency.Yearly && rule.Weeks.Length == 0)))
        {
            _monthDays = [start.Day];
        }
        else if (open && (rule.Frequency == Frequency.Weekly || rule.Weeks.Length > 0))
        {
            _days = [new WeekdayRule(0, start.DayOfWeek)];
        }
    }

    /// <summary>How long it takes to look at one day: one for an ordinary rule, more for one with long lists.</summary>
    public int Weight => 1 + ((_rule.Days.Length + _rule.MonthDays.Length + _rule.YearDays.Length + _rule.Weeks.Length) / 32);

    /// <summary>A period that begins before the day, near it.</summary>
    public long PeriodBefore(DateOnly day)
    {
        var passed = _rule.Frequency switch
        {
            Frequency.Weekly => (day.DayNumber - _start.DayNumber) / 7,
            Frequency.Monthly => ((day.Year - _start.Year) * 12) + day.Month - _start.Month,
            Frequency.Yearly => day.Year - _firstYear,
            _ => day.DayNumber - _start.DayNumber,
        };
        return Math.Max(0, (passed / _rule.Interval) - 1);
    }

    /// <summary>Null after the last year a calendar knows.</summary>
    public (DateOnly First, int Count)? Of(long period)
    {
        var step = period * _rule.Interval;
        switch (_rule.Frequency)
        {
            case Frequency.Weekly:
                return Day(StartOfWeek(_start).DayNumber + (step * 7)) is { } week ? (week, 7) : null;
            case Frequency.Monthly:
                var months = (_start.Year * 12L) + _start.Month - 1 + step;
                return months / 12 > 9990 ? null : Month((int)(months / 12), (int)(months % 12) + 1);
            case Frequency.Yearly:
                var year = _firstYear + step;
                return year > 9990 ? null : Year((int)year);
            default:
                return Day(_start.DayNumber + step) is { } day ? (day, 1) : null;
        }

        static (DateOnly, int)? Month(int year, int month) => (new DateOnly(year, month, 1), DateTime.DaysInMonth(year, month));
    }

    public bool Fits(DateOnly day) =>
        (_months.Length == 0 || _months.Contains(day.Month))
        && (_monthDays.Length == 0 || _monthDays.Contains(day.Day) || _monthDays.Contains(day.Day - DateTime.DaysInMonth(day.Year, day.Month) - 1))
        && (_rule.YearDays.Length == 0 || _rule.YearDays.Contains(day.DayOfYear) || _rule.YearDays.Contains(day.DayOfYear - DaysIn(day.Year) - 1))
        && (!_inWeekYears || InWeeks(day))
        && (_days.Length == 0 || Array.Exists(_days, rule => rule.Day == day.DayOfWeek && IsNth(rule.Nth, day)));

    private (DateOnly, int)? Year(int year)
    {
        var first = _inWeekYears ? FirstWeek(year) : new DateOnly(year, 1, 1);
        return (first, (_inWeekYears ? FirstWeek(year + 1) : new DateOnly(year + 1, 1, 1)).DayNumber - first.DayNumber);
    }

    /// <summary>The nth of its weekday within the month, or within the year if the rule is about whole years.</summary>
    private bool IsNth(int nth, DateOnly day)
    {
        if (nth == 0 || _rule.Frequency < Frequency.Monthly || _inWeekYears)
        {
            return true;
        }

        var inYear = _rule.Frequency == Frequency.Yearly && _rule.Months.Length == 0;
        var (number, of) = inYear ? (day.DayOfYear, DaysIn(day.Year)) : (day.Day, DateTime.DaysInMonth(day.Year, day.Month));
        return nth == ((number - 1) / 7) + 1 || nth == -(((of - number) / 7) + 1);
    }

    private bool InWeeks(DateOnly day)
    {
        var year = WeekYearOf(day);
        var first = FirstWeek(year).DayNumber;
        var week = ((day.DayNumber - first) / 7) + 1;
        var weeks = (FirstWeek(year + 1).DayNumber - first) / 7;
        return _rule.Weeks.Contains(week) || _rule.Weeks.Contains(week - weeks - 1);
    }

    private int WeekYearOf(DateOnly day) =>
        day >= FirstWeek(day.Year + 1) ? day.Year + 1 : day < FirstWeek(day.Year) ? day.Year - 1 : day.Year;

    /// <summary>The first week has at least four days of its year.</summary>
    private DateOnly FirstWeek(int year) => StartOfWeek(new DateOnly(year, 1, 4));

    private DateOnly StartOfWeek(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek - (int)_rule.WeekStart + 7) % 7));

    private static int DaysIn(int year) => DateTime.IsLeapYear(year) ? 366 : 365;

    private static DateOnly? Day(long number) => number >= 0 && number < new DateOnly(9990, 1, 1).DayNumber ? DateOnly.FromDayNumber((int)number) : null;
}
