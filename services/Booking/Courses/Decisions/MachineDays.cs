namespace MedTourism.Booking.Courses.Decisions;

/// <summary>The free slots of each machine on each working day of the horizon. A day a machine is closed has none.</summary>
public sealed class MachineDays
{
    private readonly int[] _free;

    /// <param name="days">Working days of the horizon.</param>
    /// <param name="machines">Machines that serve these courses.</param>
    /// <param name="capacity">Slots of a machine on an empty day.</param>
    public MachineDays(int days, int machines, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(days);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(machines);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (Days, Machines, Capacity) = (days, machines, capacity);
        _free = new int[days * machines];
        Array.Fill(_free, capacity);
    }

    public int Days { get; }

    public int Machines { get; }

    public int Capacity { get; }

    public int Free(int day, int machine) => _free[(day * Machines) + machine];

    /// <summary>Takes slots of one day, for instance what was planned before or a closed day.</summary>
    /// <exception cref="InvalidOperationException">The day has not that many free slots.</exception>
    public void Occupy(int day, int machine, int slots)
    {
        if (slots < 0 || Free(day, machine) < slots)
        {
            throw new InvalidOperationException($"Day {day} of machine {machine} has {Free(day, machine)} free slots, not {slots}.");
        }

        _free[(day * Machines) + machine] -= slots;
    }

    /// <summary>Whether every session of the course finds room from this day on this machine.</summary>
    public bool Fits(CourseDemand course, int start, int machine)
    {
        ArgumentNullException.ThrowIfNull(course);
        if (start < 0 || start + course.Sessions > Days)
        {
            return false;
        }

        for (var day = start + course.Sessions - 1; day >= start; day--)
        {
            if (Free(day, machine) < course.Slots)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the slots of a whole course.</summary>
    public void Take(CourseDemand course, int start, int machine)
    {
        ArgumentNullException.ThrowIfNull(course);
        if (!Fits(course, start, machine))
        {
            throw new InvalidOperationException($"The course does not fit from day {start} on machine {machine}.");
        }

        for (var day = start; day < start + course.Sessions; day++)
        {
            _free[(day * Machines) + machine] -= course.Slots;
        }
    }
}
