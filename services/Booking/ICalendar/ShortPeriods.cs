namespace MedTourism.Booking.ICalendar;

/// <summary>Rules of hours, minutes and seconds. Whole days, hours and minutes that do not fit are leapt over, so that rare moments are found soon.</summary>
internal static class ShortPeriods
{
    public static IEnumerable<DateTime> Moments(RecurrenceRule rule, DateTime start, DateTime skipTo, DateTime last, StepBudget steps)
    {
        var unit = rule.Frequency switch { Frequency.Hourly => TimeSpan.TicksPerHour, Frequency.Minutely => TimeSpan.TicksPerMinute, _ => TimeSpan.TicksPerSecond };
        var days = new RecurrenceDays(rule, DateOnly.FromDateTime(start));
        var step = unit * rule.Interval;
        var at = Leap(start.Ticks - (start.Ticks % unit), step, skipTo.Ticks - step);
        var times = Recurrence.Times(
            [0],
            rule.Frequency == Frequency.Hourly ? Recurrence.Or(rule.Minutes, start.Minute) : [0],
            rule.Frequency == Frequency.Secondly ? [0] : Recurrence.Or(rule.Seconds, start.Second));
        var (picked, count) = Recurrence.Picked(rule.Positions, times.Count);
        while (at <= last.Ticks)
        {
            steps.Take(days.Weight);
            var moment = new DateTime(at, DateTimeKind.Unspecified);
            if (!days.Fits(DateOnly.FromDateTime(moment)))
            {
                at = Leap(at, step, NextMultiple(at, TimeSpan.TicksPerDay));
            }
            else if (Excludes(rule.Hours, moment.Hour))
            {
                at = Leap(at, step, NextMultiple(at, TimeSpan.TicksPerHour));
            }
            else if (rule.Frequency < Frequency.Hourly && Excludes(rule.Minutes, moment.Minute))
            {
                at = Leap(at, step, NextMultiple(at, TimeSpan.TicksPerMinute));
            }
            else
            {
                if (rule.Frequency != Frequency.Secondly || !Excludes(rule.Seconds, moment.Second))
                {
                    for (var i = 0; i < count; i++)
                    {
                        yield return moment + times[(int)(picked?[i] ?? i)];
                    }
                }

                at += step;
            }
        }
    }

    private static bool Excludes(int[] listed, int value) => listed.Length > 0 && !listed.Contains(value);

    private static long NextMultiple(long ticks, long of) => ((ticks / of) + 1) * of;

    /// <summary>The first step at or after the target; the same moment if that is over already.</summary>
    private static long Leap(long at, long step, long target) => target <= at ? at : at + ((target - at + step - 1) / step * step);
}
