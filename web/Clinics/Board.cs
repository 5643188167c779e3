using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics;

/// <summary>One stretch of a machine's day. <see cref="State"/>: <c>open</c>, <c>held</c>, <c>booked</c>, <c>blocked</c>, <c>allotted</c>, or <c>shut</c> where it does not work.</summary>
public sealed record Cell(string State, DateTimeOffset Start, DateTimeOffset End, int Columns, Allocation? Taken);

public sealed record Row(ResourceDay Resource, IReadOnlyList<Cell> Cells);

/// <summary>A day as a grid: one row for each machine, all rows from the same first to the same last hour, in columns of a common measure.</summary>
public sealed record Board(DateOnly Date, string TimeZone, IReadOnlyList<DateTimeOffset> Hours, int ColumnsPerHour, IReadOnlyList<Row> Rows)
{
    private const int FinestMinutes = 5;

    public int Count(string state) => Rows.Sum(row => row.Cells.Count(cell => cell.State == state));

    public static Board Of(ClinicDay day)
    {
        var midnight = Formats.At(new DateTimeOffset(day.Date.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero), day.TimeZone);
        midnight = new DateTimeOffset(day.Date.ToDateTime(TimeOnly.MinValue), midnight.Offset);
        var slices = day.Resources.ToDictionary(resource => resource.Id, resource => Slices(resource, midnight, midnight.AddDays(1)));
        var all = slices.Values.SelectMany(list => list).ToArray();
        if (all.Length == 0)
        {
            return new(day.Date, day.TimeZone, [], 1, [.. day.Resources.Select(resource => new Row(resource, []))]);
        }

        var first = midnight.AddHours(Math.Floor((all.Min(slice => slice.Start) - midnight).TotalHours));
        var last = midnight.AddHours(Math.Ceiling((all.Max(slice => slice.End) - midnight).TotalHours));
        var measure = all.SelectMany(slice => new[] { slice.Start, slice.End }).Aggregate(60, (common, edge) => Common(common, (int)(edge - midnight).TotalMinutes));
        measure = Math.Max(measure, FinestMinutes);
        var hours = Enumerable.Range(0, (int)(last - first).TotalHours).Select(hour => first.AddHours(hour)).ToArray();
        return new(day.Date, day.TimeZone, hours, 60 / measure, [.. day.Resources.Select(resource => new Row(resource, Fill(slices[resource.Id], first, last, measure)))]);
    }

    /// <summary>What is taken, and what is open in steps of the machine's usual length; within the day.</summary>
    private static List<Cell> Slices(ResourceDay resource, DateTimeOffset from, DateTimeOffset to)
    {
        var cells = new List<Cell>();
        foreach (var taken in resource.Allocations.Where(taken => taken.Start < to && taken.End > from))
        {
            cells.Add(new(taken.State, Later(taken.Start, from), Earlier(taken.End, to), 0, taken));
        }

        foreach (var open in resource.Open.Where(open => open.Start < to && open.End > from))
        {
            // An opening that began yesterday keeps its own steps.
            var step = TimeSpan.FromMinutes(Math.Max(resource.SlotMinutes, FinestMinutes));
            for (var start = open.Start; start < open.End && start < to; start += step)
            {
                // What is left at the end and is shorter than the machine's usual length is not offered as time.
                if (start + step <= open.End)
                {
                    AddFree(cells, resource.Allocations, Later(start, from), Earlier(start + step, to));
                }
            }
        }

        return [.. cells.OrderBy(cell => cell.Start)];
    }

    private static void AddFree(List<Cell> cells, Allocation[] allocations, DateTimeOffset start, DateTimeOffset end)
    {
        foreach (var taken in allocations.Where(taken => taken.Start < end && taken.End > start).OrderBy(taken => taken.Start))
        {
            if (taken.Start > start)
            {
                cells.Add(new("open", start, taken.Start, 0, null));
            }

            start = Later(start, taken.End);
        }

        if (start < end)
        {
            cells.Add(new("open", start, end, 0, null));
        }
    }

    private static List<Cell> Fill(List<Cell> slices, DateTimeOffset first, DateTimeOffset last, int measure)
    {
        var cells = new List<Cell>();
        var column = 0;
        foreach (var slice in slices)
        {
            // Rounded outwards where something is finer than the grid, but never over its neighbour.
            var from = Math.Max(column, (int)Math.Floor((slice.Start - first).TotalMinutes / measure));
            var to = Math.Max(from + 1, (int)Math.Ceiling((slice.End - first).TotalMinutes / measure));
            AddShut(cells, first, column, from, measure);
            cells.Add(slice with { Columns = to - from });
            column = to;
        }

        AddShut(cells, first, column, (int)((last - first).TotalMinutes / measure), measure);
        return cells;
    }

    private static void AddShut(List<Cell> cells, DateTimeOffset first, int from, int to, int measure)
    {
        if (to > from)
        {
            cells.Add(new("shut", first.AddMinutes(from * measure), first.AddMinutes(to * measure), to - from, null));
        }
    }

    private static int Common(int a, int b) => b == 0 ? a : Common(b, a % b);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
