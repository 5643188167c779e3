using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Courses;

/// <summary>
/// When a center's resources are free over some days, in cells of five minutes. Pure and unchanging: made from facts by <see cref="Of"/>, from the
/// database by <see cref="LoadFreeTime"/>. Taken time is rounded out to whole cells, open time in, so what is free here is free.
/// </summary>
public sealed class FreeTime
{
    public const int CellMinutes = 5;
    public const int MostDays = 366;
    private static readonly TimeSpan Cell = TimeSpan.FromMinutes(CellMinutes);

    private readonly DateTimeOffset _origin;
    private readonly int[] _dayCells;
    private readonly Dictionary<Guid, ResourceTime> _byId;

    private FreeTime(TimeZoneInfo zone, DateOnly firstDay, int days, IReadOnlyDictionary<DateOnly, string> holidays)
    {
        (Zone, FirstDay, Days, Holidays) = (zone, firstDay, days, holidays);
        _origin = LocalTime.Opening(firstDay, TimeOnly.MinValue, zone);
        _dayCells = [.. Enumerable.Range(0, days + 1)
            .Select(i => (int)((LocalTime.Opening(firstDay.AddDays(i), TimeOnly.MinValue, zone) - _origin).Ticks / Cell.Ticks))];
        _byId = [];
    }

    public TimeZoneInfo Zone { get; }

    /// <summary>A calendar day of <see cref="Zone"/>.</summary>
    public DateOnly FirstDay { get; }

    public int Days { get; }

    /// <summary>The holidays of these days with their names.</summary>
    public IReadOnlyDictionary<DateOnly, string> Holidays { get; }

    /// <summary>In the order of kind, name and lane; closed and planned ones too, which are never free.</summary>
    public IReadOnlyList<ResourceTime> Resources { get; private set; } = [];

    public int CellCount => _dayCells[^1];

    public static FreeTime Of(
        TimeZoneInfo zone, DateOnly firstDay, int days, IReadOnlyDictionary<DateOnly, string> holidays, IEnumerable<ResourceFacts> resources)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MostDays);
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        var time = new FreeTime(zone, firstDay, days, holidays);
        time.Resources = [.. resources.OrderBy(x => x.Kind, StringComparer.Ordinal).ThenBy(x => x.Name, StringComparer.Ordinal)
            .ThenBy(x => x.Lane).ThenBy(x => x.Id).Select(facts => new ResourceTime(facts, time))];
        foreach (var resource in time.Resources)
        {
            time._byId[resource.Id] = resource;
        }

        return time;
    }

    /// <exception cref="KeyNotFoundException">The resource was not loaded.</exception>
    public ResourceTime Resource(Guid id) => _byId[id];

    public IEnumerable<ResourceTime> OfKind(string kind) => Resources.Where(x => x.Kind == kind);

    public bool Holds(DateOnly day) => day >= FirstDay && day.DayNumber < FirstDay.DayNumber + Days;

    /// <summary>The cells of a local day: 288, or an hour's more or fewer when the clock is turned.</summary>
    public (int From, int To) CellsOf(DateOnly day)
    {
        var index = day.DayNumber - FirstDay.DayNumber;
        return index < 0 ? (0, 0) : index >= Days ? (CellCount, CellCount) : (_dayCells[index], _dayCells[index + 1]);
    }

    public DateOnly DayOf(int cell)
    {
        var index = Array.BinarySearch(_dayCells, cell);
        return FirstDay.AddDays(index < 0 ? ~index - 1 : index);
    }

    public DateTimeOffset TimeOf(int cell) => _origin + (Cell * cell);

    /// <summary>The cell in which the moment lies; may lie outside of the days.</summary>
    public int CellOf(DateTimeOffset moment) => (int)Math.Clamp(Math.Floor((moment - _origin).TotalMinutes / CellMinutes), int.MinValue / 2, int.MaxValue / 2);

    /// <summary>The first cell that begins at or after the moment.</summary>
    public int CellAfter(DateTimeOffset moment) => -CellBack(moment);

    /// <summary>So many cells hold a session of these minutes.</summary>
    public static int CellsFor(int minutes) => (minutes + CellMinutes - 1) / CellMinutes;

    /// <summary>The cell of a local clock time on a day.</summary>
    public int CellAt(DateOnly day, TimeOnly time)
    {
        var (from, to) = CellsOf(day);
        return to - from == 288 ? from + (int)(time.Ticks / Cell.Ticks) : CellOf(LocalTime.Opening(day, time, Zone));
    }

    /// <summary>
    /// Monday to Friday without public holidays; a holiday for which some resource was opened by an exception is a working day too.
    /// Weekends are never: a session on one is an extra one, which a clinician must want.
    /// </summary>
    public bool IsWorkingDay(DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && (!Holidays.ContainsKey(day) || Resources.Any(x => x.IsOpenedOn(day)));

    /// <summary>How many working days lie in (from, to].</summary>
    public int WorkingDaysBetween(DateOnly from, DateOnly to)
    {
        var count = 0;
        for (var day = from.AddDays(1); day <= to; day = day.AddDays(1))
        {
            count += IsWorkingDay(day) ? 1 : 0;
        }

        return count;
    }

    private int CellBack(DateTimeOffset moment) => (int)Math.Floor(-(moment - _origin).TotalMinutes / CellMinutes);
}
