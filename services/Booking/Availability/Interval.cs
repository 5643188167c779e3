namespace MedTourism.Booking.Availability;

/// <summary>A half-open stretch of time: <see cref="Start"/> belongs to it, <see cref="End"/> does not.</summary>
public readonly record struct Interval(DateTimeOffset Start, DateTimeOffset End)
{
    public bool Contains(Interval other) => Start <= other.Start && other.End <= End;

    public bool Overlaps(Interval other) => Start < other.End && other.Start < End;
}

public static class Intervals
{
    /// <summary>Sorted, without overlaps; touching intervals become one.</summary>
    public static List<Interval> Merge(IEnumerable<Interval> intervals)
    {
        ArgumentNullException.ThrowIfNull(intervals);
        List<Interval> merged = intervals.TryGetNonEnumeratedCount(out var most) ? new(most) : [];
        var sorted = true;
        foreach (var next in intervals)
        {
            if (next.End > next.Start)
            {
                sorted &= merged.Count == 0 || merged[^1].Start <= next.Start;
                merged.Add(next);
            }
        }

        if (!sorted)
        {
            merged.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        }

        if (merged.Count == 0)
        {
            return merged;
        }

        var kept = 0;
        for (var i = 1; i < merged.Count; i++)
        {
            var (last, next) = (merged[kept], merged[i]);
            if (next.Start > last.End)
            {
                merged[++kept] = next;
            }
            else if (next.End > last.End)
            {
                merged[kept] = last with { End = next.End };
            }
        }

        merged.RemoveRange(kept + 1, merged.Count - kept - 1);
        return merged;
    }

    /// <summary>What of <paramref name="from"/> is left without <paramref name="taken"/>; both merged.</summary>
    public static List<Interval> Subtract(List<Interval> from, List<Interval> taken)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(taken);
        var left = new List<Interval>(from.Count + taken.Count);
        var i = 0;
        foreach (var piece in from)
        {
            var start = piece.Start;
            while (i < taken.Count && taken[i].End <= start)
            {
                i++;
            }

            for (var j = i; j < taken.Count && taken[j].Start < piece.End; j++)
            {
                if (taken[j].Start > start)
                {
                    left.Add(new Interval(start, taken[j].Start));
                }

                start = taken[j].End > start ? taken[j].End : start;
            }

            if (start < piece.End)
            {
                left.Add(new Interval(start, piece.End));
            }
        }

        return left;
    }

    /// <summary>True if one interval of the merged list holds all of <paramref name="wanted"/>.</summary>
    public static bool Cover(List<Interval> merged, Interval wanted)
    {
        ArgumentNullException.ThrowIfNull(merged);
        var (low, high) = (0, merged.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (merged[middle].End <= wanted.Start)
            {
                low = middle + 1;
            }
            else if (merged[middle].Start > wanted.Start)
            {
                high = middle - 1;
            }
            else
            {
                return merged[middle].Contains(wanted);
            }
        }

        return false;
    }
}
