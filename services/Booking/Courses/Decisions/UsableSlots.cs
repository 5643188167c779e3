namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// How many of a machine-day's free slots can be expected to be filled, as sessions come in whole pieces: a remainder shorter than most sessions is worth
/// little. Also the fair price of a session: what it takes from that worth, not its bare length.
/// </summary>
internal sealed class UsableSlots
{
    // How often another session is tried after one that did not fit.
    private const double Retry = 0.7;

    private readonly double[] _worth;

    public UsableSlots(int capacity, IReadOnlyList<CourseKind> kinds)
    {
        var share = new double[capacity + 1];
        var total = 0.0;
        foreach (var kind in kinds)
        {
            share[Math.Min(kind.Slots, capacity)] += kind.Weight * kind.Sessions;
            total += kind.Weight * kind.Sessions;
        }

        _worth = new double[capacity + 1];
        var fitting = 0.0;
        for (var free = 1; free <= capacity; free++)
        {
            fitting += share[free] / total;
            var sum = 0.0;
            for (var slots = 1; slots <= free; slots++)
            {
                sum += share[slots] / total * (slots + _worth[free - slots]);
            }

            _worth[free] = sum / (1 - (Retry * (1 - fitting)));
        }
    }

    public double Of(int free) => _worth[free];

    public double TakenBy(int slots, int free) => _worth[free] - _worth[free - slots];
}
