using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Courses;

/// <summary>A session of a course on its machine. <see cref="Extra"/> marks one placed by way of <see cref="CatchUp"/>.</summary>
public sealed record PlannedSession(int Number, string Phase, Interval Time, Guid MachineId, bool Extra = false);

/// <summary>
/// A rule that a list of sessions does not keep. <see cref="Rule"/> is stable; <see cref="Session"/> is the later one of a pair. Of <c>time-of-day</c>,
/// found and limit are minutes of the day.
/// </summary>
public sealed record RuleBreach(string Rule, int Session, DateOnly Date, int Found, int Limit);

/// <summary>The rules of a pattern, applied to fractions in the order of time. The planner, repair, rescheduling and the tests all ask here.</summary>
public static class CourseRules
{
    public static List<RuleBreach> Check(
        CoursePattern pattern,
        IReadOnlyList<PlannedSession> fractions,
        TimeZoneInfo zone,
        Func<DateOnly, bool> isWorkingDay,
        Func<Guid, Guid, bool> areMatched)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(fractions);
        ArgumentNullException.ThrowIfNull(isWorkingDay);
        ArgumentNullException.ThrowIfNull(areMatched);
        List<RuleBreach> breaches = [];
        var days = fractions.Select(x => LocalTime.DateOf(x.Time.Start, zone)).ToArray();
        if (fractions.Count != pattern.Sessions)
        {
            breaches.Add(new("session-count", 0, days.FirstOrDefault(), fractions.Count, pattern.Sessions));
        }

        for (var i = 0; i < fractions.Count; i++)
        {
            CheckOne(i);
            if (i > 0)
            {
                CheckPair(i);
            }
        }

        CheckWeeks();
        return breaches;

        void CheckOne(int i)
        {
            var session = fractions[i];
            var minutes = (int)(session.Time.End - session.Time.Start).TotalMinutes;
            var start = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(session.Time.Start, zone).DateTime);
            Require(minutes == pattern.MinutesOf(i + 1), "session-length", i, minutes, pattern.MinutesOf(i + 1));
            Require(!(pattern.EarliestStart > start), "time-of-day", i, Minute(start), Minute(pattern.EarliestStart));
            Require(!(pattern.LatestStart <= start), "time-of-day", i, Minute(start), Minute(pattern.LatestStart));
            Require(session.Extra ? isWorkingDay(days[i]) || pattern.CatchUp.Weekend : isWorkingDay(days[i]), "working-day", i, (int)days[i].DayOfWeek, 0);
            Require(i > 0 || pattern.StartWeekdays.Length == 0 || pattern.StartWeekdays.Contains(Weekday(days[0])), "start-weekday", i, Weekday(days[i]), 0);
            var same = session.MachineId == fractions[0].MachineId;
            Require(same || (pattern.Machine == MachineRule.Matched && areMatched(fractions[0].MachineId, session.MachineId)), "machine", i, 0, 0);
        }

        void CheckPair(int i)
        {
            var (before, after) = (fractions[i - 1], fractions[i]);
            var gap = days[i].DayNumber - days[i - 1].DayNumber;
            var hours = (after.Time.Start - before.Time.Start).TotalHours;
            var least = after.Extra && gap == 0 && pattern.CatchUp.SecondSessionAfterHours > 0 ? pattern.CatchUp.SecondSessionAfterHours
                : after.Extra || before.Extra ? Math.Min(pattern.MinHoursBetween, Math.Max(6, pattern.CatchUp.SecondSessionAfterHours)) : pattern.MinHoursBetween;
            Require(after.Time.Start >= before.Time.End && hours >= least, "hours-between", i, (int)hours, least);
            var perDay = 1 + Enumerable.Range(1, i).TakeWhile(back => days[i - back] == days[i]).Count();
            var most = pattern.Cadence == Cadence.TwiceDaily || (after.Extra && pattern.CatchUp.SecondSessionAfterHours > 0) ? 2 : 1;
            Require(perDay <= most, "sessions-per-day", i, perDay, most);
            Require(pattern.Cadence != Cadence.AlternateDays || gap >= 2, "alternate-days", i, gap, 2);
            Require(pattern.Cadence != Cadence.Cycle || (gap >= pattern.CycleMinDays && gap <= pattern.CycleMaxDays), "cycle-days", i, gap, pattern.CycleMaxDays);
            Require(pattern.MaxGapDays == 0 || gap <= pattern.MaxGapDays || !AnyWorkingDayBetween(i), "gap", i, gap, pattern.MaxGapDays);
            Require(i >= pattern.StartBlock || gap <= 1, "start-block", i, gap, 1);
        }

        bool AnyWorkingDayBetween(int i)
        {
            for (var day = days[i - 1].AddDays(1); day < days[i]; day = day.AddDays(1))
            {
                if (isWorkingDay(day))
                {
                    return true;
                }
            }

            return false;
        }

        // Only weeks that lie wholly within the course; the days nobody works are taken off what is asked for.
        void CheckWeeks()
        {
            if (pattern.MinPerWeek == 0 || fractions.Count == 0)
            {
                return;
            }

            var monday = days[0].AddDays(8 - Weekday(days[0]));
            for (; monday.AddDays(6) < days[^1]; monday = monday.AddDays(7))
            {
                var working = Enumerable.Range(0, 5).Count(offset => isWorkingDay(monday.AddDays(offset)));
                var asked = Math.Max(0, pattern.MinPerWeek - (5 - working));
                var found = days.Count(day => day >= monday && day < monday.AddDays(7));
                if (found < asked)
                {
                    breaches.Add(new("sessions-per-week", 0, monday, found, asked));
                }
            }
        }

        void Require(bool kept, string rule, int i, int found, int limit)
        {
            if (!kept)
            {
                breaches.Add(new(rule, fractions[i].Number, days[i], found, limit));
            }
        }
    }

    private static int Minute(TimeOnly? time) => time is { } known ? (known.Hour * 60) + known.Minute : 0;

    private static int Weekday(DateOnly day) => day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
}
