using MedTourism.Booking.Courses.Decisions;

namespace MedTourism.Booking.Tests.Courses.Decisions;

/// <summary>A department made up from a seed: machines that are partly booked, and courses in the order of their arrival.</summary>
internal sealed record GeneratedCourses(int Days, int Machines, int Capacity, IReadOnlyList<(int Day, int Machine, int Slots)> Booked, IReadOnlyList<CourseDemand> Arrivals)
{
    private static readonly (int Ready, int Due, int[] Sessions)[] Priorities =
        [(0, 0, [1, 5]), (1, 2, [1, 1, 5, 10]), (6, 10, [3, 5, 15, 30]), (8, 20, [5, 15, 20, 30])];

    public int[] Calendar { get; } = DecisionState.FiveDayWeeks(Days + 40);

    /// <summary>The same seed gives the same department; the load is slots asked for per slot of the machines over the days of arrival.</summary>
    public static GeneratedCourses From(int seed, double load, int arrivalDays = 15, int machines = 2, int capacity = 60)
    {
        var random = new Random(seed);
        const int Days = 200;
        List<(int, int, int)> booked = [];
        for (var day = 0; day < 40; day++)
        {
            for (var machine = 0; machine < machines; machine++)
            {
                booked.Add((day, machine, capacity * (40 - day) * random.Next(60, 95) / 4000));
            }
        }

        List<CourseDemand> arrivals = [];
        var asked = 0;
        for (var day = 0; day < arrivalDays; day++)
        {
            while (asked < load * machines * capacity * (day + 1))
            {
                var priority = random.Next(100) switch { < 3 => 1, < 45 => 2, < 80 => 3, _ => 4 };
                var (ready, due, sessions) = Priorities[priority - 1];
                arrivals.Add(new(priority, day, day + random.Next(ready + 1), day + due, sessions[random.Next(sessions.Length)], random.Next(4, 13)));
                asked += arrivals[^1].Work;
            }
        }

        return new(Days, machines, capacity, booked, arrivals);
    }

    public MachineDays Plan()
    {
        var plan = new MachineDays(Days, Machines, Capacity);
        foreach (var (day, machine, slots) in Booked)
        {
            plan.Occupy(day, machine, slots);
        }

        return plan;
    }

    /// <summary>The policy's starts, in the order of arrival.</summary>
    public List<StartCandidate?> Decide(PolicyOptions options, int? first = null)
    {
        var plan = new OnlinePlan(Plan(), Calendar, ArrivalPrior.Radiotherapy(Capacity), options: options);
        return [.. Arrivals.Take(first ?? Arrivals.Count).Select(plan.Accept)];
    }

    /// <summary>The first day with room for everyone, for comparison.</summary>
    public List<int> FirstFit()
    {
        var plan = Plan();
        List<int> starts = [];
        foreach (var course in Arrivals)
        {
            var (start, machine) = Enumerable.Range(course.ReadyDay, Days - course.ReadyDay)
                .SelectMany(day => Enumerable.Range(0, Machines).Select(on => (day, on))).First(at => plan.Fits(course, at.day, at.on));
            plan.Take(course, start, machine);
            starts.Add(start);
        }

        return starts;
    }

    public double MeanLate(IEnumerable<int> starts, Func<CourseDemand, bool> whose) => Arrivals.Zip(starts).Where(pair => whose(pair.First))
        .Average(pair => (double)Math.Max(0, Calendar[pair.Second] - Calendar[pair.First.DueDay]));
}
