namespace MedTourism.Booking.Courses;

/// <summary>Machines that one course may use together, with the cells at which a session on any of them may start.</summary>
internal sealed record MachineGroup(ResourceTime[] Machines, CellBits[] Each, CellBits[] EachFirst, CellBits Any, CellBits AnyFirst)
{
    public CellBits Starts(int fraction) => fraction == 1 ? AnyFirst : Any;

    public CellBits Starts(int fraction, int machine) => fraction == 1 ? EachFirst[machine] : Each[machine];
}

/// <summary>Where sessions and the planning visit of a course may start, whatever the rules between them say.</summary>
internal sealed class SessionStarts
{
    public SessionStarts(FreeTime time, CourseDays days, CoursePattern pattern, DateTimeOffset notBefore)
    {
        var whole = Mask(time, days, notBefore, null, null);
        var wanted = pattern.EarliestStart is null && pattern.LatestStart is null ? whole : Mask(time, days, notBefore, pattern.EarliestStart, pattern.LatestStart);
        var each = Machines(time, pattern.ResourceKinds, pattern.SessionMinutes, wanted);
        var first = pattern.MinutesOf(1) == pattern.SessionMinutes ? each : Machines(time, pattern.ResourceKinds, pattern.MinutesOf(1), wanted);
        Groups = [.. each.Keys
            .GroupBy(x => pattern.Machine == MachineRule.Matched && x.MatchedSet is { } set ? set : x.Id.ToString(), StringComparer.Ordinal)
            .Select(group => new MachineGroup(
                [.. group], [.. group.Select(x => each[x])], [.. group.Select(x => first[x])],
                Union(group.Select(x => each[x])), Union(group.Select(x => first[x]))))];
        Planning = pattern.Planning is { } visit ? Union(Machines(time, visit.ResourceKinds, visit.Minutes, whole).Values, time.CellCount) : null;
    }

    public IReadOnlyList<MachineGroup> Groups { get; }

    public CellBits? Planning { get; }

    /// <summary>Per machine: on its grid, it and one resource of every other kind free for so long, within the mask.</summary>
    private static Dictionary<ResourceTime, CellBits> Machines(FreeTime time, string[] kinds, int minutes, CellBits mask)
    {
        var cells = FreeTime.CellsFor(minutes);
        foreach (var kind in kinds.Distinct().Skip(1))
        {
            mask = mask.And(Union(time.OfKind(kind).Select(x => x.Free.StartsOf(cells)), time.CellCount));
        }

        return time.OfKind(kinds[0]).Where(x => x.Status == Resources.Resource.Open)
            .ToDictionary(x => x, x => x.Free.StartsOf(cells).And(x.Grid(minutes)).And(mask));
    }

    private static CellBits Union(IEnumerable<CellBits> all, int count = 0)
    {
        CellBits? union = null;
        foreach (var bits in all)
        {
            union = union is null ? bits : union.Or(bits);
        }

        return union ?? new CellBits(count);
    }

    /// <summary>Working days between two local times; a window that ends before it begins is empty.</summary>
    private static CellBits Mask(FreeTime time, CourseDays days, DateTimeOffset notBefore, TimeOnly? from, TimeOnly? to)
    {
        var mask = new CellBits(time.CellCount);
        var first = time.CellAfter(notBefore);
        for (var i = 0; i < days.Count; i++)
        {
            if (days.Working[i])
            {
                var start = from is { } early ? time.CellAt(days.Day(i), early) + (early.Minute % FreeTime.CellMinutes == 0 ? 0 : 1) : days.From[i];
                var end = to is { } late ? time.CellAt(days.Day(i), late) + (late.Minute % FreeTime.CellMinutes == 0 ? 0 : 1) : days.To[i];
                mask.Set(Math.Max(start, first), end);
            }
        }

        return mask;
    }
}
