namespace MedTourism.Booking.Availability;

/// <summary>Decides which starts are free. Pure: everything it needs is an argument.</summary>
public static class FreeStarts
{
    // Room for so many starts is made at once; more are rare.
    private const int MostPrepared = 2048;

    /// <summary>
    /// The starts in [<paramref name="from"/>, <paramref name="to"/>), not before <paramref name="notBefore"/>, at which every kind has a resource that
    /// is open and not busy for the whole duration. Starts are counted from each opening of the first kind's resources in steps of its slot length.
    /// </summary>
    public static List<Interval> Compute(
        IReadOnlyList<string> kinds,
        int durationMinutes,
        IReadOnlyList<ResourceCalendar> resources,
        IReadOnlySet<DateOnly> holidays,
        IReadOnlyDictionary<Guid, List<Interval>> busy,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeOffset notBefore,
        int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(resources);
        ArgumentNullException.ThrowIfNull(busy);
        from = notBefore > from ? notBefore : from;
        if (kinds.Count == 0 || durationMinutes <= 0 || from >= to)
        {
            return [];
        }

        var duration = TimeSpan.FromMinutes(durationMinutes);
        var free = new List<List<Lane>>(kinds.Count);
        foreach (var kind in kinds.Distinct())
        {
            var lanes = new List<Lane>();
            foreach (var resource in resources)
            {
                if (resource.Kind == kind && Free(resource, to + duration) is { Count: > 0 } times)
                {
                    lanes.Add(new Lane(times));
                }
            }

            if (lanes.Count == 0)
            {
                return [];
            }

            free.Add(lanes);
        }

        var grid = Grid(resources, kinds[0], duration, from.UtcTicks, to.UtcTicks);
        var found = new List<Interval>(Math.Min(most, grid.Count));
        foreach (var start in grid)
        {
            if (found.Count == most)
            {
                break;
            }

            var wanted = new Interval(Utc(start), Utc(start + duration.Ticks));
            if (EveryKindHas(free, wanted))
            {
                found.Add(wanted);
            }
        }

        return found;

        List<Interval> Free(ResourceCalendar resource, DateTimeOffset until)
        {
            var open = resource.Open(holidays, from, until);
            return busy.TryGetValue(resource.Id, out var taken) ? Intervals.Subtract(open, Intervals.Merge(taken)) : open;
        }
    }

    private static bool EveryKindHas(List<List<Lane>> free, Interval wanted)
    {
        foreach (var lanes in free)
        {
            var covered = false;
            foreach (var lane in lanes)
            {
                covered |= lane.Covers(wanted);
            }

            if (!covered)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The resources of these kinds that are open for the whole time, busy or not, in the order in which everyone takes them.</summary>
    public static List<ResourceCalendar> OpenFor(
        IReadOnlyList<string> kinds, IReadOnlyList<ResourceCalendar> resources, IReadOnlySet<DateOnly> holidays, Interval wanted) =>
        resources
            .Where(resource => kinds.Contains(resource.Kind) && Intervals.Cover(resource.Open(holidays, wanted.Start, wanted.End), wanted))
            .OrderBy(resource => resource.Id)
            .ToList();

    /// <summary>Every start that could be offered were nothing closed or taken, in UTC ticks, sorted, each once.</summary>
    private static List<long> Grid(IReadOnlyList<ResourceCalendar> resources, string kind, TimeSpan duration, long from, long to)
    {
        List<long> grid = [];
        var sorted = true;
        foreach (var resource in resources)
        {
            if (resource.Kind != kind)
            {
                continue;
            }

            var step = resource.SlotMinutes > 0 ? TimeSpan.TicksPerMinute * resource.SlotMinutes : duration.Ticks;
            grid.EnsureCapacity((int)Math.Min(MostPrepared, ((to - from) / step) + 1));
            foreach (var stretch in resource.Stretches(Utc(from), Utc(to)).Concat(resource.Opened))
            {
                var (start, end) = (stretch.Start.UtcTicks, Math.Min(stretch.End.UtcTicks, to));
                start += step * Math.Max(0, (from - start + step - 1) / step);
                for (; start < end; start += step)
                {
                    sorted &= grid.Count == 0 || start > grid[^1];
                    grid.Add(start);
                }
            }
        }

        return sorted ? grid : [.. grid.Order().Distinct()];
    }

    private static DateTimeOffset Utc(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>The free times of one resource, asked about later and later starts, so that each is passed once.</summary>
    private sealed class Lane(List<Interval> merged)
    {
        private int _at;

        public bool Covers(Interval wanted)
        {
            while (_at < merged.Count && merged[_at].End <= wanted.Start)
            {
                _at++;
            }

            return _at < merged.Count && merged[_at].Contains(wanted);
        }
    }
}
