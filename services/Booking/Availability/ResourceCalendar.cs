namespace MedTourism.Booking.Availability;

/// <summary>Hours of one weekday (ISO, Monday is 1) in local time. An end at or before the start is on the next day.</summary>
public sealed record OpeningHours(int Weekday, TimeOnly From, TimeOnly To, DateOnly? ValidFrom = null, DateOnly? ValidTo = null);

/// <summary>When a resource is open, without what is already taken of it.</summary>
public sealed record ResourceCalendar(
    Guid Id,
    string Kind,
    TimeZoneInfo Zone,
    int SlotMinutes,
    IReadOnlyList<OpeningHours> Hours,
    IReadOnlyList<Interval> Closed,
    IReadOnlyList<Interval> Opened)
{
    /// <summary>The stretches someone set as open that touch the window, each with its own beginning, from which its starts are counted.</summary>
    public IEnumerable<Interval> Stretches(DateTimeOffset from, DateTimeOffset to)
    {
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, Zone).DateTime).AddDays(-1); // hours may run past midnight
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(to, Zone).DateTime);
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var weekday = day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
            foreach (var hours in Hours)
            {
                if (hours.Weekday == weekday && !(hours.ValidFrom > day) && !(hours.ValidTo < day))
                {
                    yield return new Interval(
                        LocalTime.Opening(day, hours.From, Zone),
                        LocalTime.Closing(hours.To > hours.From ? day : day.AddDays(1), hours.To, Zone));
                }
            }
        }
    }

    /// <summary>Open time in the window, merged: usual hours without holidays, with extra openings, without closures.</summary>
    public List<Interval> Open(IReadOnlySet<DateOnly> holidays, DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentNullException.ThrowIfNull(holidays);
        var free = holidays.Select(day => new Interval(
            LocalTime.Opening(day, TimeOnly.MinValue, Zone), LocalTime.Opening(day.AddDays(1), TimeOnly.MinValue, Zone)));
        var usual = Intervals.Subtract(Intervals.Merge(Stretches(from, to)), Intervals.Merge(free));
        return Intervals.Subtract(Intervals.Merge(usual.Concat(Opened)), Intervals.Merge(Closed));
    }
}

/// <summary>Local clock times as moments, also on the two days a year when a clock is turned.</summary>
public static class LocalTime
{
    public static DateOnly DateOf(DateTimeOffset moment, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);

    /// <summary>A time that occurs twice is its first occurrence; one that does not occur is as much later as the clock jumped.</summary>
    public static DateTimeOffset Opening(DateOnly day, TimeOnly time, TimeZoneInfo zone) => Moment(day, time, zone, first: true);

    /// <summary>A time that occurs twice is its second occurrence.</summary>
    public static DateTimeOffset Closing(DateOnly day, TimeOnly time, TimeZoneInfo zone) => Moment(day, time, zone, first: false);

    private static DateTimeOffset Moment(DateOnly day, TimeOnly time, TimeZoneInfo zone, bool first)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var local = day.ToDateTime(time);
        var offset = zone.IsAmbiguousTime(local)
            ? first ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetAmbiguousTimeOffsets(local).Min()
            : zone.GetUtcOffset(zone.IsInvalidTime(local) ? local.AddDays(-1) : local); // the offset before the jump moves it past the gap
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
