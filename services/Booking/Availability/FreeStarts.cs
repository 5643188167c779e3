namespace MedTourism.Booking.Availability;

/// <summary>Decides which starts are free. Pure: everything it needs is an argument.</summary>
public static class FreeStarts
{
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
        var free = kinds.Distinct().Select(kind => resources
            .Where(resource => resource.Kind == kind)
            .Select(resource => Free(resource, to + duration))
            .Where(times => times.Count > 0)
            .ToList()).ToList();
        if (free.Any(lanes => lanes.Count == 0))
        {
            return [];
        }

        return Grid(resources.Where(resource => resource.Kind == kinds[0]), durationMinutes, from, to)
            .Select(start => new Interval(start, start + duration))
            .Where(wanted => free.All(lanes => lanes.Exists(times => Intervals.Cover(times, wanted))))
            .Take(most)
            .ToList();

        List<Interval> Free(ResourceCalendar resource, DateTimeOffset until)
        {
            var open = resource.Open(holidays, from, until);
            return busy.TryGetValue(resource.Id, out var taken) ? Intervals.Subtract(open, Intervals.Merge(taken)) : open;
        }
    }

    /// <summary>The resources of these kinds that are open for the whole time, busy or not, in the order in which everyone takes them.</summary>
    public static List<ResourceCalendar> OpenFor(
        IReadOnlyList<string> kinds, IReadOnlyList<ResourceCalendar> resources, IReadOnlySet<DateOnly> holidays, Interval wanted) =>
        resources
            .Where(resource => kinds.Contains(resource.Kind) && Intervals.Cover(resource.Open(holidays, wanted.Start, wanted.End), wanted))
            .OrderBy(resource => resource.Id)
            .ToList();

    private static SortedSet<DateTimeOffset> Grid(IEnumerable<ResourceCalendar> resources, int durationMinutes, DateTimeOffset from, DateTimeOffset to)
    {
        var grid = new SortedSet<DateTimeOffset>();
        foreach (var resource in resources)
        {
            var step = TimeSpan.FromMinutes(resource.SlotMinutes > 0 ? resource.SlotMinutes : durationMinutes);
            foreach (var stretch in resource.Stretches(from, to).Concat(resource.Opened))
            {
                var skipped = Math.Max(0, (from - stretch.Start + step - TimeSpan.FromTicks(1)).Ticks / step.Ticks);
                for (var start = stretch.Start + (step * skipped); start < stretch.End && start < to; start += step)
                {
                    grid.Add(start);
                }
            }
        }

        return grid;
    }
}
