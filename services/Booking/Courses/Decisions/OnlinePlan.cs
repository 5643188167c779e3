namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// A plan that is filled course by course in the order of their arrival. Each is given its start at once and stays there; prices are carried from one
/// decision to the next, which is faster than computing them from nothing and forgets nothing the plan depends on.
/// </summary>
/// <param name="machines">Free slots at the beginning; filled by this plan from then on.</param>
/// <param name="calendarDays">Calendar day of each working day.</param>
/// <param name="prior">The mix assumed while little was seen.</param>
/// <param name="firstDay">The first day whose arrivals are observed.</param>
/// <param name="options">The center's choices.</param>
public sealed class OnlinePlan(MachineDays machines, IReadOnlyList<int> calendarDays, IReadOnlyList<CourseKind> prior, int firstDay = 0, PolicyOptions? options = null)
{
    private readonly List<CourseDemand> _seen = [];
    private readonly PolicyOptions _options = options ?? PolicyOptions.Default;
    private SlotPrices? _prices;

    /// <summary>Decides the next arrival and takes its slots; nothing if it does not fit within the horizon.</summary>
    public StartCandidate? Accept(CourseDemand course)
    {
        ArgumentNullException.ThrowIfNull(course);
        var today = course.ArrivalDay;
        if (_seen.Count > 0 && today < _seen[^1].ArrivalDay)
        {
            throw new ArgumentException("Courses have to come in the order of their arrival.", nameof(course));
        }

        // The forecast of a day is made of the days before it; today's arrivals replace as many of the sampled ones.
        var state = new DecisionState(today, machines, _seen, today - firstDay, calendarDays, prior);
        if (_prices is null)
        {
            _prices = SlotPrices.Of(state, _options);
        }
        else
        {
            _prices.Update(state);
        }

        _seen.Add(course);
        var start = CoursePolicy.Decide(state, course, _prices, _options, count: 1) is [var best, ..] ? best : null;
        if (start is not null)
        {
            machines.Take(course, start.StartDay, start.Machine);
        }

        return start;
    }
}
