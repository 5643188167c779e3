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
    private RememberedTimes? _remembered;

    /// <summary>The same calendar, with its open times of a window worked out once for many questions.</summary>
    public ResourceCalendar Remembering(IReadOnlySet<DateOnly> holidays, DateTimeOffset from, DateTimeOffset to) =>
        this with { _remembered = new RememberedTimes(this, holidays, from, to) };

    /// <summary>The stretches someone set as open that touch the window, each with its own beginning, from which its starts are counted.</summary>
    public IEnumerable<Interval> Stretches(DateTimeOffset from, DateTimeOffset to) => _remembered?.Stretches(from, to) ?? WorkOut(from, to);

    private IEnumerable<Interval> WorkOut(DateTimeOffset from, DateTimeOffset to)
    {
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, Zone).DateTime).AddDays(-1); // hours may run past midnight
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(to, Zone).DateTime);
        var (local, next) = (new LocalDays(Zone), new LocalDays(Zone));
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var weekday = day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
            foreach (var hours in Hours)
            {
                if (hours.Weekday == weekday && !(hours.ValidFrom > day) && !(hours.ValidTo < day))
                {
                    var opening = local.Opening(day, hours.From);
                    yield return new Interval(opening, hours.To > hours.From ? local.Closing(day, hours.To) : next.Closing(day.AddDays(1), hours.To));
                }
            }
        }
    }

    /// <summary>Open time in the window, merged: usual hours without holidays, with extra openings, without closures.</summary>
    public List<Interval> Open(IReadOnlySet<DateOnly> holidays, DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentNullException.ThrowIfNull(holidays);
        if (_remembered?.Open(holidays, from, to) is { } known)
        {
            return known;
        }

        var free = holidays.Select(day => new Interval(
            LocalTime.Opening(day, TimeOnly.MinValue, Zone), LocalTime.Opening(day.AddDays(1), TimeOnly.MinValue, Zone)));
        var usual = Intervals.Subtract(Intervals.Merge(Stretches(from, to)), Intervals.Merge(free));
        return Intervals.Subtract(Intervals.Merge(usual.Concat(Opened)), Intervals.Merge(Closed));
    }
}
