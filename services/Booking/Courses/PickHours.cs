namespace MedTourism.Booking.Courses;

/// <summary>Sessions with their cells and machines (places in the group), before anyone has described them.</summary>
internal sealed record CourseDraft(MachineGroup Group, int[] Days, int[] Cells, int[] Machines, int PlanningCell);

/// <summary>
/// Chooses the hours for the days of a course: as near to a wanted hour as the rules between sessions allow, and on one machine where that costs
/// little. A pass from the end says how late each session may be, so the pass from the beginning never has to turn back.
/// </summary>
internal sealed class PickHours(CourseDays days, ChainDays chains)
{
    // Another machine of the set is taken only if that is nearer by more than half an hour.
    private const int WorthAChange = 30 / FreeTime.CellMinutes;

    private readonly int[] _counts = new int[288];

    /// <summary>Minutes of the day at which most of these days have a start, the fullest first.</summary>
    public List<int> UsualHours(MachineGroup group, int[] chain, int most)
    {
        Array.Clear(_counts);
        foreach (var day in chain)
        {
            for (var cell = group.Any.Next(days.From[day], days.To[day]); cell >= 0; cell = group.Any.Next(cell + 1, days.To[day]))
            {
                _counts[Math.Min(days.MinuteOf(day, cell) / FreeTime.CellMinutes, 287)]++;
            }
        }

        List<int> hours = [];
        while (hours.Count < most)
        {
            var best = -1;
            for (var i = 0; i < _counts.Length; i++)
            {
                if (_counts[i] > 0 && (best < 0 || _counts[i] > _counts[best]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                break;
            }

            hours.Add(best * FreeTime.CellMinutes);
            Array.Clear(_counts, Math.Max(0, best - 24), Math.Min(288, best + 25) - Math.Max(0, best - 24)); // the next one at least two hours away
        }

        return hours;
    }

    public CourseDraft Pick(MachineGroup group, int[] chain, int hour, int planningCell)
    {
        var sessionDays = chain.SelectMany((day, unit) => Enumerable.Repeat(day, chains.SessionsIn(unit))).ToArray();
        var latest = Latest(group, sessionDays);
        var (cells, machines) = (new int[sessionDays.Length], new int[sessionDays.Length]);
        var main = MainMachine(group, chain, hour);
        for (var i = 0; i < cells.Length; i++)
        {
            var day = sessionDays[i];
            var second = i > 0 && sessionDays[i - 1] == day;
            var from = Math.Max(days.From[day], i == 0 ? 0 : cells[i - 1] + chains.Apart(i));
            var wanted = second ? from : days.CellAt(day, hour);
            cells[i] = group.Starts(i + 1).Nearest(from, latest[i] + 1, wanted);
            machines[i] = main;
            if (group.Machines.Length > 1)
            {
                var same = group.Starts(i + 1, main).Nearest(from, latest[i] + 1, wanted);
                if (same >= 0 && Math.Abs(same - wanted) <= Math.Abs(cells[i] - wanted) + WorthAChange)
                {
                    cells[i] = same;
                }
                else
                {
                    machines[i] = Enumerable.Range(0, group.Machines.Length).First(m => group.Starts(i + 1, m)[cells[i]]);
                }
            }
        }

        return new CourseDraft(group, sessionDays, cells, machines, planningCell);
    }

    private int[] Latest(MachineGroup group, int[] sessionDays)
    {
        var latest = new int[sessionDays.Length];
        for (var i = latest.Length - 1; i >= 0; i--)
        {
            var day = sessionDays[i];
            var until = i == latest.Length - 1 ? days.To[day] : Math.Min(days.To[day], latest[i + 1] - chains.Apart(i + 1) + 1);
            latest[i] = group.Starts(i + 1).Previous(days.From[day], until);
        }

        return latest;
    }

    private int MainMachine(MachineGroup group, int[] chain, int hour)
    {
        var best = (Machine: 0, Count: -1);
        for (var machine = 0; machine < group.Machines.Length && group.Machines.Length > 1; machine++)
        {
            var count = 0;
            foreach (var day in chain)
            {
                count += group.Each[machine][days.CellAt(day, hour)] ? 1 : 0;
            }

            best = count > best.Count ? (machine, count) : best;
        }

        return best.Machine;
    }
}
