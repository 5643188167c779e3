namespace MedTourism.Booking.Courses.Decisions;

/// <summary>One kind of course in a forecast: offsets in working days from the arrival, and how often it comes relative to the others.</summary>
public sealed record CourseKind(int Priority, int ReadyAfter, int DueAfter, int Sessions, int Slots, double Weight);

/// <summary>
/// How many courses a day will come and of which kinds, estimated from the arrivals seen so far and a prior while they are few. Gives repeatable
/// samples of a future day: the same scenario and day give the same draw, so that prices of neighbouring decisions can be compared.
/// </summary>
public sealed class ArrivalForecast
{
    private readonly CourseKind[] _kinds;
    private readonly double[] _upTo;

    private ArrivalForecast(double perDay, CourseKind[] kinds)
    {
        (PerDay, _kinds, _upTo) = (perDay, kinds, new double[kinds.Length]);
        var sum = 0.0;
        for (var index = 0; index < kinds.Length; index++)
        {
            _upTo[index] = sum += kinds[index].Weight;
        }
    }

    /// <summary>Expected arrivals a day, safety included.</summary>
    public double PerDay { get; }

    public IReadOnlyList<CourseKind> Kinds => _kinds;

    /// <param name="seen">Every arrival observed, today's included.</param>
    /// <param name="today">Arrivals of this day say nothing about the rate yet.</param>
    /// <param name="daysSeen">Whole days observed before today.</param>
    /// <param name="prior">What is assumed before anything was seen.</param>
    /// <param name="dailySlots">Slots of all machines on an empty day: the prior rate is the one that fills them.</param>
    /// <param name="options">What the prior is worth, and the safety by priority.</param>
    public static ArrivalForecast From(
        IReadOnlyCollection<CourseDemand> seen, int today, int daysSeen, IReadOnlyList<CourseKind> prior, int dailySlots, PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(options);
        var total = prior.Sum(kind => kind.Weight);
        var priorRate = dailySlots / prior.Sum(kind => kind.Weight / total * kind.Sessions * kind.Slots);
        var rate = ((priorRate * options.PriorDays) + seen.Count(course => course.ArrivalDay < today)) / (options.PriorDays + daysSeen);
        CourseKind[] plain =
        [
            .. prior.Select(kind => kind with { Weight = kind.Weight / total * options.PriorArrivals }),
            .. seen.Select(course => new CourseKind(
                course.Priority, course.ReadyDay - course.ArrivalDay, course.DueDay - course.ArrivalDay, course.Sessions, course.Slots, 1)),
        ];
        CourseKind[] safe = [.. plain.Select(kind => kind with { Weight = kind.Weight * options.Safety(kind.Priority) })];
        return new(rate * safe.Sum(kind => kind.Weight) / plain.Sum(kind => kind.Weight), safe);
    }

    /// <summary>The courses that arrive on a day in one possible future.</summary>
    internal IEnumerable<CourseDemand> Sample(int scenario, int day)
    {
        var count = Draw.Poisson(PerDay, Draw.Uniform(scenario, day, 1, 0));
        for (var index = 0; index < count; index++)
        {
            var at = Array.BinarySearch(_upTo, Draw.Uniform(scenario, day, 2, index) * _upTo[^1]);
            var kind = _kinds[Math.Min(at < 0 ? ~at : at, _kinds.Length - 1)];
            yield return new CourseDemand(kind.Priority, day, day + kind.ReadyAfter, day + kind.DueAfter, kind.Sessions, kind.Slots);
        }
    }
}
