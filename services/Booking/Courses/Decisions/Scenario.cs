using System.Numerics;

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
    private readonly double[] _days = [.. Enumerable.Range(0, days).Select(day => (double)day)];

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

    /// <summary>The first of the cheapest starts; -1 if there is room nowhere. Looks at some starts at a time, since the price search spends its time here.</summary>
    private int Cheapest(Wish wish, Supply supply, double waitCost)
    {
        var (calendar, longestRun) = (supply.Calendar, supply.Room.LongestRun(wish.Slots));
        var due = wish.Due < calendar.Length ? calendar[wish.Due] : double.MaxValue;
        var (start, last) = (Math.Max(wish.Ready, supply.Today), days - wish.Sessions);
        var (costs, starts) = (new Vector<double>(double.MaxValue), new Vector<double>(-1));
        for (; start + Vector<double>.Count - 1 <= last; start += Vector<double>.Count)
        {
            if (Vector.LessThanOrEqualAny(costs, new Vector<double>(wish.Weight * (calendar[start] - due))))
            {
                return Best().At; // lateness only grows from here on
            }

            var day = new Vector<double>(_days, start);
            var late = wish.Weight * Vector.Max(new Vector<double>(calendar, start) - new Vector<double>(due), Vector<double>.Zero);
            var slots = wish.Slots * (new Vector<double>(_upTo, start + wish.Sessions) - new Vector<double>(_upTo, start));
            var cost = late + (slots + (waitCost * (day - new Vector<double>(wish.Ready))));
            var better = Vector.LessThan(cost, costs) & Vector.GreaterThanOrEqual(new Vector<double>(longestRun, start), new Vector<double>(wish.Sessions));
            costs = Vector.ConditionalSelect(better, cost, costs);
            starts = Vector.ConditionalSelect(better, day, starts);
        }

        var best = Best();
        for (; start <= last; start++)
        {
            var cost = (wish.Weight * Math.Max(0, calendar[start] - due)) + ((wish.Slots * (_upTo[start + wish.Sessions] - _upTo[start])) + (waitCost * (start - wish.Ready)));
            if (cost < best.Cost && longestRun[start] >= wish.Sessions)
            {
                best = (start, cost);
            }
        }

        return best.At;

        (int At, double Cost) Best()
        {
            var (at, lowest) = (-1, double.MaxValue);
            for (var lane = 0; lane < Vector<double>.Count; lane++)
            {
                if (costs[lane] < lowest || (costs[lane] == lowest && starts[lane] >= 0 && starts[lane] < at))
                {
                    (at, lowest) = ((int)starts[lane], costs[lane]);
                }
            }

            return (at, lowest);
        }
    }

    private readonly record struct Wish(int Arrival, int Ready, int Due, int Sessions, int Slots, double Weight);
}
