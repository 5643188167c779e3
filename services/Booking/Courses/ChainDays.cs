namespace MedTourism.Booking.Courses;

/// <summary>
/// Finds the days of a course that ends as early as it can, for a given first day and group of machines: exactly, not by trying. Earlier on a day is
/// never worse for what follows, so for each number of sessions, last day and sessions in that day's week only the earliest possible start is kept.
/// </summary>
internal sealed class ChainDays(CoursePattern pattern, CourseDays days)
{
    // Without a limit of its own a course is not torn further apart than this.
    private const int LongestPause = 31;

    private readonly int _perDay = pattern.Cadence == Cadence.TwiceDaily ? 2 : 1;
    private readonly int _width = pattern.MinPerWeek > 0 ? (pattern.Cadence == Cadence.TwiceDaily ? 15 : 8) : 1;
    private int[] _now = [];
    private int[] _next = [];
    private int[] _parents = [];

    /// <summary>Days with sessions; the last one may have one less.</summary>
    public int Units => (pattern.Sessions + _perDay - 1) / _perDay;

    /// <summary>How far the last search came: sessions placed, and the day after which it could not go on.</summary>
    public (int Sessions, int Day) Furthest { get; private set; }

    public int SessionsIn(int unit) => Math.Min(_perDay, pattern.Sessions - (unit * _perDay));

    /// <summary>From one start to the next one at least so many cells.</summary>
    public int Apart(int fraction) => Math.Max(pattern.MinHoursBetween * 60 / FreeTime.CellMinutes, FreeTime.CellsFor(pattern.MinutesOf(fraction)));

    /// <summary>The days of all units, or null. <paramref name="last"/> is the last day allowed.</summary>
    public int[]? Find(MachineGroup group, int first, int last)
    {
        Furthest = (0, first);
        var start = Take(group, 0, first, 0);
        if (start < 0)
        {
            return null;
        }

        return WithoutPause(group, first, start, last) ?? Search(group, first, start, last);
    }

    /// <summary>The usual case first: a session on every day the cadence allows. If it works, nothing ends earlier.</summary>
    private int[]? WithoutPause(MachineGroup group, int first, int start, int last)
    {
        if (pattern.Cadence == Cadence.Cycle || pattern.MinPerWeek > 0)
        {
            return null;
        }

        var chain = new int[Units];
        chain[0] = first;
        for (var unit = 1; unit < chain.Length; unit++)
        {
            var day = chain[unit - 1] + (pattern.Cadence == Cadence.AlternateDays ? 2 : 1);
            while (day < days.Count && !days.Working[day])
            {
                day++;
            }

            if (day > last || day >= days.Count || !MayFollow(unit, chain[unit - 1], day))
            {
                return null;
            }

            start = Take(group, unit, day, start + Apart(unit * _perDay));
            if (start < 0)
            {
                return null;
            }

            chain[unit] = day;
        }

        return chain;
    }

    private int[]? Search(MachineGroup group, int first, int start, int last)
    {
        var count = Math.Min(last, days.Count - 1) - first + 1;
        if (count < 1)
        {
            return null;
        }

        var size = count * _width;
        Prepare(size);
        _now[Math.Min(SessionsIn(0), _width - 1)] = start;
        Furthest = (SessionsIn(0), first);
        for (var unit = 1; unit < Units; unit++)
        {
            Array.Fill(_next, -1, 0, size);
            var reached = -1;
            for (var state = 0; state < size; state++)
            {
                if (_now[state] >= 0)
                {
                    reached = Math.Max(reached, Extend(group, unit, first, state, count, size));
                }
            }

            if (reached < 0)
            {
                return null;
            }

            Furthest = ((unit * _perDay) + SessionsIn(unit), first + reached);
            (_now, _next) = (_next, _now);
        }

        var best = Array.FindIndex(_now, 0, size, cell => cell >= 0);
        var chain = new int[Units];
        for (var unit = Units - 1; unit >= 0; unit--)
        {
            chain[unit] = first + (best / _width);
            best = _parents[(unit * size) + best];
        }

        return chain;
    }

    /// <summary>All days that may follow a state; says the latest one reached, or -1.</summary>
    private int Extend(MachineGroup group, int unit, int first, int state, int count, int size)
    {
        var (day, inWeek) = (first + (state / _width), state % _width);
        var from = _now[state] + Apart(unit * _perDay);
        var reached = -1;
        for (var next = day + 1; next < first + count && !IsTooLate(day, next); next++)
        {
            if (!days.Working[next] || !MayFollow(unit, day, next) || !WeekIsFull(first, day, next, inWeek))
            {
                continue;
            }

            var cell = Take(group, unit, next, from);
            if (cell < 0)
            {
                continue;
            }

            var week = _width == 1 ? 0 : Math.Min(_width - 1, (days.Weeks[next] == days.Weeks[day] ? inWeek : 0) + SessionsIn(unit));
            var target = ((next - first) * _width) + week;
            if (_next[target] < 0 || cell < _next[target])
            {
                _next[target] = cell;
                _parents[(unit * size) + target] = state;
            }

            reached = Math.Max(reached, next - first);
        }

        return reached;
    }

    /// <summary>The start of the unit's last session when it begins as early as it can; -1 if there is no time on that day.</summary>
    private int Take(MachineGroup group, int unit, int day, int from)
    {
        var fraction = (unit * _perDay) + 1;
        var cell = group.Starts(fraction).Next(Math.Max(from, days.From[day]), days.To[day]);
        return cell < 0 || SessionsIn(unit) == 1 ? cell : group.Any.Next(cell + Apart(fraction), days.To[day]);
    }

    private bool IsTooLate(int before, int after) =>
        pattern.Cadence == Cadence.Cycle ? after - before > pattern.CycleMaxDays
        : pattern.MaxGapDays == 0 ? after - before > LongestPause
        : after - before > pattern.MaxGapDays && days.AnyWorkedBetween(before, after);

    private bool MayFollow(int unit, int before, int after)
    {
        var gap = after - before;
        return !IsTooLate(before, after)
            && (gap <= 1 || unit * _perDay >= pattern.StartBlock)
            && (pattern.Cadence != Cadence.AlternateDays || gap >= 2)
            && (pattern.Cadence != Cadence.Cycle || gap >= pattern.CycleMinDays)
            && (pattern.MaxGapDays == 0 || gap <= pattern.MaxGapDays || !days.AnyWorkedBetween(before, after));
    }

    /// <summary>A week that is left behind, wholly within the course, has its sessions; so have the weeks that are jumped over.</summary>
    private bool WeekIsFull(int first, int before, int after, int inWeek)
    {
        if (pattern.MinPerWeek == 0)
        {
            return true;
        }

        for (var week = days.Weeks[before]; week < days.Weeks[after]; week++)
        {
            var day = before + ((week - days.Weeks[before]) * 7);
            var asked = pattern.MinPerWeek - (5 - days.WorkedInWeekOf(Math.Min(day, days.Count - 1)));
            if (week != days.Weeks[first] && (week == days.Weeks[before] ? inWeek : 0) < asked)
            {
                return false;
            }
        }

        return true;
    }

    private void Prepare(int size)
    {
        if (_now.Length < size)
        {
            (_now, _next) = (new int[size], new int[size]);
        }

        if (_parents.Length < size * Units)
        {
            _parents = new int[size * Units];
        }

        Array.Fill(_now, -1, 0, size);
    }
}
