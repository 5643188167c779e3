namespace MedTourism.Booking.Courses;

/// <summary>The days of a plan as numbers from the first loaded day on: which are worked, in which week they lie, where their cells are.</summary>
internal sealed class CourseDays
{
    private readonly FreeTime _time;
    private readonly int[] _worked;
    private readonly int[] _weekdays;

    public CourseDays(FreeTime time)
    {
        _time = time;
        Count = time.Days;
        (Working, From, To, Weeks) = (new bool[Count], new int[Count], new int[Count], new int[Count]);
        (_worked, _weekdays) = (new int[Count + 1], new int[Count + 1]);
        for (var i = 0; i < Count; i++)
        {
            var day = Day(i);
            Working[i] = time.IsWorkingDay(day);
            (From[i], To[i]) = time.CellsOf(day);
            Weeks[i] = day.DayNumber / 7; // day number 0 is a Monday
            _worked[i + 1] = _worked[i] + (Working[i] ? 1 : 0);
            _weekdays[i + 1] = _weekdays[i] + (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1);
        }
    }

    public int Count { get; }

    public bool[] Working { get; }

    public int[] From { get; }

    public int[] To { get; }

    public int[] Weeks { get; }

    public DateOnly Day(int index) => _time.FirstDay.AddDays(index);

    public int IndexOf(DateOnly day) => Math.Clamp(day.DayNumber - _time.FirstDay.DayNumber, 0, Count);

    public int IndexOfCell(int cell) => IndexOf(_time.DayOf(cell));

    public bool AnyWorkedBetween(int before, int after) => _worked[after] > _worked[before + 1];

    /// <summary>In (before, after].</summary>
    public int WorkedUntil(int before, int after) => _worked[after + 1] - _worked[before + 1];

    public int WeekdaysBetween(int before, int after) => _weekdays[after] - _weekdays[before + 1];

    /// <summary>Working days, Monday to Friday, of a day's week; days that are not loaded count as worked.</summary>
    public int WorkedInWeekOf(int index)
    {
        var weekday = (int)(Day(index).DayOfWeek + 6) % 7;
        var count = 0;
        for (var i = index - weekday; i < index - weekday + 5; i++)
        {
            count += i < 0 || i >= Count || Working[i] ? 1 : 0;
        }

        return count;
    }

    public int CellAt(int index, int minuteOfDay) =>
        To[index] - From[index] == 288
            ? From[index] + (minuteOfDay / FreeTime.CellMinutes)
            : _time.CellAt(Day(index), TimeOnly.MinValue.AddMinutes(Math.Min(minuteOfDay, 1439)));

    public int MinuteOf(int index, int cell) =>
        To[index] - From[index] == 288
            ? (cell - From[index]) * FreeTime.CellMinutes
            : (int)TimeZoneInfo.ConvertTime(_time.TimeOf(cell), _time.Zone).TimeOfDay.TotalMinutes;
}
