namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// One possible future: the courses that come, and the prices of the days at which they would fill the free slots and no more. Prices are found by raising
/// those of days wanted too much and lowering the others (a subgradient method on the relaxed problem, in which a day's machines are one).
/// </summary>
internal sealed class Scenario(int number, int days)
{
    private readonly List<Wish> _wishes = [];
    private readonly double[] _upTo = new double[days + 1];
    private readonly double[] _change = new double[days + 1];

    /// <summary>Price of a slot of each day, in days late of a routine patient.</summary>
    public double[] Prices { get; } = new double[days];

    public void Sample(ArrivalForecast forecast, int today, PolicyOptions options)
    {
        _wishes.Clear();
        var last = Math.Min(days - 1, today + Math.Max(options.ForecastDays, options.UrgentForecastDays));
        for (var day = today; day <= last; day++)
        {
            var routine = day <= today + options.ForecastDays;
            _wishes.AddRange(forecast.Sample(number, day).Where(course => routine || options.IsUrgent(course.Priority)).Select(course =>
                new Wish(day, course.ReadyDay, course.DueDay, course.Sessions, course.Slots, options.LateWeight(course.Priority))));
        }
    }

    /// <summary>Improves the prices by some steps, of which the first is the largest.</summary>
    public void Improve(Supply supply, int steps, double firstStep, PolicyOptions options)
    {
        for (var step = 0; step < steps; step++)
        {
            for (var day = supply.Today; day < days; day++)
            {
                _upTo[day + 1] = _upTo[day] + Prices[day];
            }

            Array.Clear(_change);
            // Today's arrivals that are decided already stand for as many of today's sampled ones.
            var skip = supply.ArrivedToday;
            foreach (var wish in _wishes)
            {
                if (wish.Arrival == supply.Today && skip > 0)
                {
                    skip--;
                    continue;
                }

                var start = Cheapest(wish, supply, options.WaitCost);
                if (start >= 0)
                {
                    _change[start] += wish.Slots;
                    _change[start + wish.Sessions] -= wish.Slots;
                }
            }

            var size = Math.Max(options.LastStep, firstStep / (1 + (step * 0.1))) / supply.Whole;
            var demand = 0.0;
            for (var day = supply.Today; day < days; day++)
            {
                demand += _change[day];
                Prices[day] = Math.Max(0, Prices[day] + (size * (demand - supply.Slots[day])));
            }
        }
    }

    private int Cheapest(Wish wish, Supply supply, double waitCost)
    {
        var (calendar, longestRun) = (supply.Calendar, supply.Room.LongestRun(wish.Slots));
        var best = double.MaxValue;
        var at = -1;
        var due = wish.Due < calendar.Length ? calendar[wish.Due] : int.MaxValue;
        var last = days - wish.Sessions;
        for (var start = Math.Max(wish.Ready, supply.Today); start <= last; start++)
        {
            var late = calendar[start] - due;
            var cost = late > 0 ? wish.Weight * late : 0;
            if (cost >= best)
            {
                break;
            }

            if (longestRun[start] < wish.Sessions)
            {
                continue;
            }

            cost += (wish.Slots * (_upTo[start + wish.Sessions] - _upTo[start])) + (waitCost * (start - wish.Ready));
            if (cost < best)
            {
                best = cost;
                at = start;
            }
        }

        return at;
    }

    private readonly record struct Wish(int Arrival, int Ready, int Due, int Sessions, int Slots, double Weight);
}
