using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Courses;

/// <summary>The free cells of one resource, and why the others are not.</summary>
public sealed class ResourceTime
{
    private readonly FreeTime _time;
    private readonly ResourceFacts _facts;
    private readonly List<int> _openings = [];
    private readonly HashSet<DateOnly> _opened = [];

    internal ResourceTime(ResourceFacts facts, FreeTime time)
    {
        (_facts, _time) = (facts, time);
        Free = new CellBits(time.CellCount);
        Usual = new CellBits(time.CellCount);
        if (facts.Status == Resources.Resource.Open)
        {
            Fill();
        }
    }

    public Guid Id => _facts.Id;

    public string Kind => _facts.Kind;

    public string Name => _facts.Name;

    public string Status => _facts.Status;

    /// <summary>Beam-matched machines share it; null if the machine stands alone.</summary>
    public string? MatchedSet => _facts.MatchedSet;

    public int SlotMinutes => _facts.SlotMinutes;

    /// <summary>Open and nobody's.</summary>
    public CellBits Free { get; private set; }

    /// <summary>Open, taken or not.</summary>
    public CellBits Usual { get; }

    /// <summary>True if a session may begin here, as far as time goes.</summary>
    public bool IsFree(int cell, int minutes) => Free.All(cell, FreeTime.CellsFor(minutes));

    public bool IsFree(Interval wanted) => _time.CellOf(wanted.Start) is var from && Free.All(from, _time.CellAfter(wanted.End) - from);

    public bool IsOpenedOn(DateOnly day) => _opened.Contains(day);

    /// <summary>Another machine on which this one's plans can be treated.</summary>
    public bool Matches(ResourceTime other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Id == other.Id || (MatchedSet is not null && MatchedSet == other.MatchedSet && Kind == other.Kind);
    }

    /// <summary>The starts that are offered: from each opening in steps of the resource's slot, or of the session if it has none.</summary>
    public CellBits Grid(int minutes)
    {
        var step = SlotMinutes > 0 ? SlotMinutes : Math.Max(minutes, FreeTime.CellMinutes);
        var grid = new CellBits(_time.CellCount);
        for (var i = 0; i + 1 < _openings.Count; i += 2)
        {
            for (var offset = 0; _openings[i] + FreeTime.CellsFor(offset) is var cell && cell < _openings[i + 1]; offset += step)
            {
                grid.Set(cell, cell + 1);
            }
        }

        return grid;
    }

    /// <summary>Everything that stands in the way of this time, in order; empty if it is free.</summary>
    public List<Obstacle> WhyNot(Interval wanted)
    {
        List<Obstacle> found = [];
        if (Status != Resources.Resource.Open)
        {
            return [Of("status", Status, wanted)];
        }

        if (wanted.Start < _time.TimeOf(0) || wanted.End > _time.TimeOf(_time.CellCount))
        {
            return [Of("horizon", null, wanted)];
        }

        found.AddRange(_facts.Closed.Where(x => x.Time.Overlaps(wanted)).Select(x => Of("closed", x.Reason, x.Time)));
        found.AddRange(_facts.Blocks.Where(x => x.Time.Overlaps(wanted)).Select(x => Of("blocked", x.Reason, x.Time)));
        found.AddRange(Intervals.Merge(_facts.Taken.Where(x => x.Overlaps(wanted))).Select(x => Of("taken", null, x)));
        for (var day = LocalTime.DateOf(wanted.Start, _time.Zone); day <= LocalTime.DateOf(wanted.End.AddTicks(-1), _time.Zone); day = day.AddDays(1))
        {
            if (_time.Holidays.TryGetValue(day, out var name) && !IsOpenedOn(day))
            {
                found.Add(Of("holiday", name, DayTime(day)));
            }
        }

        if (found.Count == 0 && !Usual.All(_time.CellOf(wanted.Start), _time.CellAfter(wanted.End) - _time.CellOf(wanted.Start)))
        {
            found.Add(Of("hours", null, wanted));
        }

        return [.. found.OrderBy(x => x.From)];
    }

    private Obstacle Of(string kind, string? reason, Interval time) => new(kind, Id, Name, reason, time.Start, time.End);

    private Interval DayTime(DateOnly day) =>
        new(LocalTime.Opening(day, TimeOnly.MinValue, _time.Zone), LocalTime.Opening(day.AddDays(1), TimeOnly.MinValue, _time.Zone));

    /// <summary>As <see cref="ResourceCalendar.Open"/>: usual hours without holidays, with extra openings, without closures; then without what is taken.</summary>
    private void Fill()
    {
        for (var i = -1; i < _time.Days; i++)
        {
            var day = _time.FirstDay.AddDays(i);
            var weekday = day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
            foreach (var hours in _facts.Hours)
            {
                if (hours.Weekday == weekday && !(hours.ValidFrom > day) && !(hours.ValidTo < day))
                {
                    Open(Start(day, hours.From), End(hours.To > hours.From ? day : day.AddDays(1), hours.To));
                }
            }
        }

        foreach (var day in _time.Holidays.Keys)
        {
            var (from, to) = _time.CellsOf(day);
            Usual.Clear(from, to);
        }

        foreach (var opened in _facts.Opened)
        {
            Open(_time.CellAfter(opened.Start), _time.CellOf(opened.End));
            for (var day = LocalTime.DateOf(opened.Start, _time.Zone); day <= LocalTime.DateOf(opened.End.AddTicks(-1), _time.Zone); day = day.AddDays(1))
            {
                _opened.Add(day);
            }
        }

        foreach (var closed in _facts.Closed)
        {
            Usual.Clear(_time.CellOf(closed.Time.Start), _time.CellAfter(closed.Time.End));
        }

        Free = Usual.StartsOf(1);
        foreach (var block in _facts.Blocks)
        {
            Free.Clear(_time.CellOf(block.Time.Start), _time.CellAfter(block.Time.End));
        }

        foreach (var taken in _facts.Taken)
        {
            Free.Clear(_time.CellOf(taken.Start), _time.CellAfter(taken.End));
        }
    }

    private void Open(int from, int to)
    {
        Usual.Set(from, to);
        _openings.Add(from);
        _openings.Add(to);
    }

    private int Start(DateOnly day, TimeOnly time) => IsPlain(day) ? _time.CellsOf(day).From + FreeTime.CellsFor(time.Hour * 60 + time.Minute) : _time.CellAfter(LocalTime.Opening(day, time, _time.Zone));

    private int End(DateOnly day, TimeOnly time) => IsPlain(day) ? _time.CellsOf(day).From + (time.Hour * 60 + time.Minute) / FreeTime.CellMinutes : _time.CellOf(LocalTime.Closing(day, time, _time.Zone));

    private bool IsPlain(DateOnly day) => _time.Holds(day) && _time.CellsOf(day) is var (from, to) && to - from == 288;
}
