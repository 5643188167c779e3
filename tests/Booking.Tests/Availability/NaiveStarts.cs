using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Tests.Availability;

/// <summary>The same rules as <see cref="FreeStarts"/>, written down without a thought of speed.</summary>
internal static class NaiveStarts
{
    public static List<Interval> Compute(
        IReadOnlyList<string> kinds,
        int durationMinutes,
        IReadOnlyList<ResourceCalendar> resources,
        IReadOnlySet<DateOnly> holidays,
        IReadOnlyDictionary<Guid, List<Interval>> busy,
        DateTimeOffset begin,
        DateTimeOffset end)
    {
        var duration = TimeSpan.FromMinutes(durationMinutes);
        var grid =
            from resource in resources
            where resource.Kind == kinds[0]
            let step = TimeSpan.FromMinutes(resource.SlotMinutes > 0 ? resource.SlotMinutes : durationMinutes)
            from stretch in Stretches(resource, begin, end).Concat(resource.Opened)
            from n in Enumerable.Range(0, (int)((stretch.End - stretch.Start) / step) + 1)
            let start = stretch.Start + (n * step)
            where start < stretch.End && start >= begin && start < end
            select start;
        return
        [
            .. grid.Distinct().Order()
                .Select(start => new Interval(start, start + duration))
                .Where(wanted => kinds.All(kind => resources.Any(resource => resource.Kind == kind && Free(resource, wanted)))),
        ];

        bool Free(ResourceCalendar resource, Interval wanted)
        {
            var usual = Intervals.Subtract(
                Intervals.Merge(Stretches(resource, begin, end + duration)),
                Intervals.Merge(holidays.Select(day => new Interval(
                    LocalTime.Opening(day, TimeOnly.MinValue, resource.Zone), LocalTime.Opening(day.AddDays(1), TimeOnly.MinValue, resource.Zone)))));
            var open = Intervals.Subtract(Intervals.Merge(usual.Concat(resource.Opened)), Intervals.Merge(resource.Closed));
            return open.Exists(time => time.Contains(wanted)) && !busy[resource.Id].Exists(wanted.Overlaps);
        }
    }

    private static IEnumerable<Interval> Stretches(ResourceCalendar resource, DateTimeOffset begin, DateTimeOffset end) =>
        from day in Enumerable.Range(-3, (int)(end - begin).TotalDays + 7).Select(n => DateOnly.FromDateTime(begin.UtcDateTime).AddDays(n))
        from hours in resource.Hours
        where hours.Weekday == (day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek) && !(hours.ValidFrom > day) && !(hours.ValidTo < day)
        select new Interval(
            LocalTime.Opening(day, hours.From, resource.Zone), LocalTime.Closing(hours.To > hours.From ? day : day.AddDays(1), hours.To, resource.Zone));
}
