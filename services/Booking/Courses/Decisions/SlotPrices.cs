namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// What a slot of each day is worth to those who are still to come: the mean over many sampled futures of the price at which each would just fill the
/// machines. Depends on the state and on the prices it started from, on nothing else.
/// </summary>
public sealed class SlotPrices
{
    // An unwanted slot still has a price, so that of two machines the one is chosen whose remainder stays useful.
    private const double Least = 0.0005;

    private readonly Scenario[] _scenarios;
    private readonly PolicyOptions _options;
    private readonly double[] _mean;
    private UsableSlots _usable;
    private int _today = -1;

    private SlotPrices(int days, PolicyOptions options)
    {
        _options = options;
        _scenarios = [.. Enumerable.Range(0, options.Scenarios).Select(number => new Scenario(number, days))];
        _mean = new double[days];
        _usable = new(1, []);
    }

    /// <summary>Prices of a state, from nothing.</summary>
    public static SlotPrices Of(DecisionState state, PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        var prices = new SlotPrices(state.Machines.Days, options);
        prices.Update(state);
        return prices;
    }

    /// <summary>Price of a slot of a day, in days late of a routine patient.</summary>
    public double this[int day] => _mean[day];

    /// <summary>What others are expected to lose if the course takes these slots.</summary>
    public double CostOf(CourseDemand course, int start, int machine, MachineDays machines)
    {
        ArgumentNullException.ThrowIfNull(course);
        ArgumentNullException.ThrowIfNull(machines);
        var cost = 0.0;
        for (var day = start; day < start + course.Sessions; day++)
        {
            cost += (_mean[day] + Least) * _usable.TakenBy(course.Slots, machines.Free(day, machine));
        }

        return cost;
    }

    /// <summary>Follows the state: all anew on a new day, some steps after a decision of the same day.</summary>
    public void Update(DecisionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (steps, size) = (_options.StepsAfterDecision, _options.LastStep);
        if (state.Today != _today)
        {
            (steps, size) = _today < 0 ? (_options.FirstSteps, _options.FirstStep) : (_options.DailySteps, _options.FirstStep / 2);
            _today = state.Today;
            var dailySlots = state.Machines.Machines * state.Machines.Capacity;
            var forecast = ArrivalForecast.From(state.Seen, state.Today, state.DaysSeen, state.Prior, dailySlots, _options);
            _usable = new(state.Machines.Capacity, forecast.Kinds);
            foreach (var scenario in _scenarios)
            {
                scenario.Sample(forecast, _today, _options);
            }
        }

        Improve(state, steps, size);
    }

    private void Improve(DecisionState state, int steps, double size)
    {
        var supply = Supply.Of(state, _usable, _options.Slack);
        Array.Clear(_mean);
        foreach (var scenario in _scenarios)
        {
            scenario.Improve(supply, steps, size, _options);
            for (var day = _today; day < _mean.Length; day++)
            {
                _mean[day] += scenario.Prices[day] / _scenarios.Length;
            }
        }
    }
}
