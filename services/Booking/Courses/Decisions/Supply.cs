namespace MedTourism.Booking.Courses.Decisions;

/// <summary>What the sampled futures compete for, as things stand.</summary>
/// <param name="Today">Earlier days are not looked at.</param>
/// <param name="ArrivedToday">Arrivals of today that are decided already.</param>
/// <param name="Slots">Slots that each day can be expected to give, all machines together.</param>
/// <param name="Whole">Slots of all machines on an empty day.</param>
/// <param name="Calendar">Calendar day of each working day.</param>
/// <param name="Room">Where sessions find a run of days on one machine.</param>
internal sealed record Supply(int Today, int ArrivedToday, double[] Slots, int Whole, double[] Calendar, RoomMap Room)
{
    public static Supply Of(DecisionState state, UsableSlots usable, double slack)
    {
        var machines = state.Machines;
        var slots = new double[machines.Days];
        for (var day = state.Today; day < machines.Days; day++)
        {
            var sum = 0.0;
            for (var machine = 0; machine < machines.Machines; machine++)
            {
                sum += usable.Of(machines.Free(day, machine));
            }

            slots[day] = Math.Max(0, sum - (slack * machines.Machines));
        }

        return new(
            state.Today, state.Seen.Count(course => course.ArrivalDay == state.Today), slots, machines.Machines * machines.Capacity,
            [.. state.CalendarDays.Select(day => (double)day)], new RoomMap(machines, state.Today));
    }
}
