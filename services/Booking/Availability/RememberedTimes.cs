namespace MedTourism.Booking.Availability;

/// <summary>A resource's open times over a long window, worked out once, of which any shorter window is cut.</summary>
internal sealed class RememberedTimes
{
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;
    private readonly IReadOnlySet<DateOnly> _holidays;
    private readonly List<Interval> _open;
    private readonly List<Interval> _stretches;
    private readonly TimeSpan _longest;

    public RememberedTimes(ResourceCalendar resource, IReadOnlySet<DateOnly> holidays, DateTimeOffset from, DateTimeOffset to)
    {
        (_from, _to, _holidays) = (from, to, holidays);
        _open = resource.Open(holidays, from, to);
        _stretches = [.. resource.Stretches(from, to).OrderBy(stretch => stretch.Start)];
        _longest = _stretches.Count == 0 ? TimeSpan.Zero : _stretches.Max(stretch => stretch.End - stretch.Start);
    }

    /// <summary>The open times that touch the window, whole; null if it is not known.</summary>
    public List<Interval>? Open(IReadOnlySet<DateOnly> holidays, DateTimeOffset from, DateTimeOffset to)
    {
        if (!Knows(from, to) || !ReferenceEquals(holidays, _holidays))
        {
            return null;
        }

        var first = FirstAfter(_open, from, static interval => interval.End);
        return _open.GetRange(first, Math.Max(0, FirstAfter(_open, to, static interval => interval.Start) - first));
    }

    /// <summary>The stretches that touch the window, by their start; null if it is not known.</summary>
    public List<Interval>? Stretches(DateTimeOffset from, DateTimeOffset to)
    {
        if (!Knows(from, to))
        {
            return null;
        }

        var first = FirstAfter(_stretches, from - _longest, static interval => interval.Start);
        return _stretches.GetRange(first, Math.Max(0, FirstAfter(_stretches, to, static interval => interval.Start) - first));
    }

    private bool Knows(DateTimeOffset from, DateTimeOffset to) => from >= _from && to <= _to;

    /// <summary>The index of the first whose moment is later, in a list sorted by it.</summary>
    private static int FirstAfter(List<Interval> sorted, DateTimeOffset moment, Func<Interval, DateTimeOffset> of)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (of(sorted[middle]) > moment)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
