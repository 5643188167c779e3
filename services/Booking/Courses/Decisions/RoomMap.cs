namespace MedTourism.Booking.Courses.Decisions;

/// <summary>For sessions of a length: how many days in a row from each day some machine has room for one a day.</summary>
internal sealed class RoomMap(MachineDays machines, int today)
{
    // By slots; asked far too often for a dictionary.
    private readonly double[]?[] _runs = new double[machines.Capacity + 2][];

    public double[] LongestRun(int slots)
    {
        slots = Math.Min(slots, machines.Capacity + 1);
        if (_runs[slots] is { } known)
        {
            return known;
        }

        var longest = new double[machines.Days];
        var runs = new int[machines.Machines];
        for (var day = machines.Days - 1; day >= today; day--)
        {
            for (var machine = 0; machine < runs.Length; machine++)
            {
                runs[machine] = machines.Free(day, machine) >= slots ? runs[machine] + 1 : 0;
                longest[day] = Math.Max(longest[day], runs[machine]);
            }
        }

        return _runs[slots] = longest;
    }
}
