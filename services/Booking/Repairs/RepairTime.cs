using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// The free time of a center while a repair is planned: it changes with every patient that is given a place. Beside the usual hours it knows those that
/// staff could be asked for: evenings of working days and weekends.
/// </summary>
public sealed class RepairTime
{
    private const int EveningEnd = 22;
    private const int WeekendFrom = 8;
    private const int WeekendTo = 18;

    private readonly FreeTime _facts;
    private readonly Dictionary<Guid, Lane> _lanes;
    private readonly int _days;

    /// <summary>What <paramref name="facts"/> has free; staff may be asked for more hours within so many <paramref name="days"/> from its first day.</summary>
    public RepairTime(FreeTime facts, int days)
    {
        ArgumentNullException.ThrowIfNull(facts);
        (_facts, _days, _lanes) = (facts, Math.Min(days, facts.Days), []);
        foreach (var resource in facts.Resources)
        {
            var free = resource.Free.StartsOf(1);
            _lanes[resource.Id] = new Lane(resource, free, free, resource.Usual);
        }
    }

    private RepairTime(RepairTime other)
    {
        (_facts, _days) = (other._facts, other._days);
        _lanes = [];
        foreach (var (id, lane) in other._lanes)
        {
            var free = lane.Free.StartsOf(1);
            _lanes[id] = lane with { Free = free, Wide = ReferenceEquals(lane.Wide, lane.Free) ? free : lane.Wide.StartsOf(1) };
        }
    }

    public TimeZoneInfo Zone => _facts.Zone;

    public FreeTime Facts => _facts;

    public RepairTime Copy() => new(this);

    /// <summary>Adds the hours that staff could be asked for. Before anything is taken; a second time it does nothing.</summary>
    public void Widen()
    {
        foreach (var (id, lane) in _lanes.Where(x => x.Value.Resource.Status == Resources.Resource.Open && ReferenceEquals(x.Value.Wide, x.Value.Free)).ToList())
        {
            var wider = lane with { Wide = lane.Free.StartsOf(1), WideOpen = lane.Resource.Usual.StartsOf(1) };
            _lanes[id] = wider;
            Widen(wider);
        }
    }

    public bool Knows(Guid resource) => _lanes.ContainsKey(resource);

    public bool IsWorkingDay(DateOnly day) => _facts.IsWorkingDay(day);

    public bool AreMatched(Guid a, Guid b) => a == b || (Knows(a) && Knows(b) && _facts.Resource(a).Matches(_facts.Resource(b)));

    /// <summary>The resource itself, then those that can stand in for it, in a fixed order.</summary>
    public IEnumerable<Guid> InsteadOf(Guid resource, bool matchedOnly)
    {
        if (!Knows(resource))
        {
            return [resource];
        }

        var own = _facts.Resource(resource);
        return [resource, .. _facts.OfKind(own.Kind).Where(x => x.Id != resource && (!matchedOnly || own.Matches(x))).Select(x => x.Id)];
    }

    public bool IsFree(Guid resource, Interval time, bool moreHours)
    {
        if (!_lanes.TryGetValue(resource, out var lane))
        {
            return false;
        }

        var (from, to) = (_facts.CellOf(time.Start), _facts.CellAfter(time.End));
        return (moreHours ? lane.Wide : lane.Free).All(from, to - from);
    }

    /// <summary>True if all of it lies in the usual hours, free or not.</summary>
    public bool IsUsual(Guid resource, Interval time) => _lanes.TryGetValue(resource, out var lane)
        && lane.Resource.Usual.All(_facts.CellOf(time.Start), _facts.CellAfter(time.End) - _facts.CellOf(time.Start));

    public void Take(Guid resource, Interval time)
    {
        if (_lanes.TryGetValue(resource, out var lane))
        {
            lane.Free.Clear(_facts.CellOf(time.Start), _facts.CellAfter(time.End));
            lane.Wide.Clear(_facts.CellOf(time.Start), _facts.CellAfter(time.End));
        }
    }

    /// <summary>Gives back time that was taken, as far as the resource is open then. Rounded in, so that nobody else's time is given away with it.</summary>
    public void Give(Guid resource, Interval time)
    {
        if (!_lanes.TryGetValue(resource, out var lane))
        {
            return;
        }

        for (var cell = _facts.CellAfter(time.Start); cell < _facts.CellOf(time.End); cell++)
        {
            if (lane.Resource.Usual[cell])
            {
                lane.Free.Set(cell, cell + 1);
            }

            if (lane.WideOpen[cell])
            {
                lane.Wide.Set(cell, cell + 1);
            }
        }
    }

    /// <summary>The free starts of a day, counted from its first opening in steps of the resource's slot.</summary>
    public IEnumerable<DateTimeOffset> Starts(Guid resource, DateOnly day, int minutes, bool moreHours)
    {
        if (!_lanes.TryGetValue(resource, out var lane))
        {
            yield break;
        }

        var (from, to) = _facts.CellsOf(day);
        var (free, open) = moreHours ? (lane.Wide, lane.WideOpen) : (lane.Free, lane.Resource.Usual);
        var step = FreeTime.CellsFor(lane.Resource.SlotMinutes > 0 ? lane.Resource.SlotMinutes : minutes);
        var length = FreeTime.CellsFor(minutes);
        for (var cell = open.Next(from, to); cell >= 0 && cell < to; cell += step)
        {
            if (free.All(cell, length))
            {
                yield return _facts.TimeOf(cell);
            }
        }
    }

    /// <summary>What stands in the way of a time, if anything does.</summary>
    public IEnumerable<Obstacle> WhyNot(Guid resource, Interval time) => Knows(resource) ? _facts.Resource(resource).WhyNot(time) : [];

    private void Widen(Lane lane)
    {
        for (var i = 0; i < _days; i++)
        {
            var day = _facts.FirstDay.AddDays(i);
            var (from, to) = _facts.CellsOf(day);
            var weekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            var last = lane.Resource.Usual.Previous(from, to);
            var extra = last >= 0 ? (From: last + 1, To: _facts.CellAt(day, new TimeOnly(EveningEnd, 0)))
                : weekend && !_facts.Holidays.ContainsKey(day) ? (From: _facts.CellAt(day, new TimeOnly(WeekendFrom, 0)), To: _facts.CellAt(day, new TimeOnly(WeekendTo, 0)))
                : (From: 0, To: 0);
            if (extra.To <= extra.From)
            {
                continue;
            }

            lane.Wide.Set(extra.From, extra.To);
            lane.WideOpen.Set(extra.From, extra.To);
            foreach (var obstacle in lane.Resource.WhyNot(new Interval(_facts.TimeOf(extra.From), _facts.TimeOf(extra.To))))
            {
                if (obstacle.Kind is not "hours")
                {
                    var (first, end) = (Math.Max(extra.From, _facts.CellOf(obstacle.From)), Math.Min(extra.To, _facts.CellAfter(obstacle.To)));
                    lane.Wide.Clear(first, end);
                    if (obstacle.Kind is not "taken")
                    {
                        lane.WideOpen.Clear(first, end);
                    }
                }
            }
        }
    }

    /// <summary>Free: usual hours that are nobody's. Wide: with the hours staff could be asked for. WideOpen: the same, taken or not.</summary>
    private sealed record Lane(ResourceTime Resource, CellBits Free, CellBits Wide, CellBits WideOpen);
}
