using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Repairs;

/// <summary>The places a session could go, from the smallest change to the largest. Costs are hours of change, illustrative; ties go to the earlier time.</summary>
internal sealed class RepairDays(RepairTime time, RepairCase patient, RepairStyle style, DateTimeOffset notBefore, int perDay)
{
    private const int AppendDays = 28;
    private const int VisitDays = 30;
    private const double OtherMachine = 3;
    private const double AskedHours = 4;

    private static readonly HashSet<string> CycleSteps = [Phases.Monitoring, Phases.Retrieval, Phases.Transfer];

    private readonly DateOnly _today = LocalTime.DateOf(notBefore, time.Zone);

    /// <summary>For a lost session of a course: the same day; then days of the course with room; then the end.</summary>
    public IEnumerable<Spot> ForLost(List<Spot> placed, RepairSession session)
    {
        var pattern = patient.Pattern!;
        var old = DayOf(session.Time.Start);
        var minutes = (int)(session.Time.End - session.Time.Start).TotalMinutes;
        if (session.Phase == Phases.Planning)
        {
            var latest = placed.Where(x => x.Session.Phase == Phases.Fraction).Select(x => DayOf(x.Time.Start)).DefaultIfEmpty(old.AddDays(VisitDays)).Min();
            return Days(Max(_today, old.AddDays(-VisitDays)), latest).OrderBy(day => Math.Abs(day.DayNumber - old.DayNumber))
                .Where(time.IsWorkingDay).SelectMany(day => On(day, session, minutes, false, old == day ? "same-day" : "other-day", _ => true)).ToList();
        }

        if (session.Phase != Phases.Fraction)
        {
            return ForVisit(placed, session);
        }

        var fractions = placed.Where(x => x.Session.Phase == Phases.Fraction).ToLookup(x => DayOf(x.Time.Start));
        var first = patient.Sessions.Where(x => x.Phase == Phases.Fraction).Min(x => DayOf(x.Time.Start));
        var last = fractions.Select(x => x.Key).Append(first).Max();
        var within = style.AtEnd ? [] : Days(Max(_today, first), last);
        return Tiers();

        IEnumerable<Spot> Tiers()
        {
            if (!style.AtEnd || old > last)
            {
                foreach (var spot in InCourse([old], 0))
                {
                    yield return spot;
                }
            }

            foreach (var spot in InCourse(within.Where(day => day != old), 24))
            {
                yield return spot;
            }

            // The end moves as little as it can: day by day, nobody looks further than the first that will do.
            foreach (var day in Days(Max(_today, last.AddDays(1)), Max(_today, last).AddDays(AppendDays)).Where(day => day != old))
            {
                foreach (var spot in InCourse([day], 0))
                {
                    yield return spot;
                }
            }
        }

        IEnumerable<Spot> InCourse(IEnumerable<DateOnly> days, double cost) => days
            .SelectMany(day => Day(day).Select(spot => (Spot: spot, Cost: cost + (2.0 * Math.Abs(day.DayNumber - old.DayNumber)) + Change(spot, session))))
            .OrderBy(x => x.Cost).ThenBy(x => x.Spot.Time.Start).ThenBy(x => x.Spot.Resources[0]).Select(x => x.Spot);

        IEnumerable<Spot> Day(DateOnly day)
        {
            var there = fractions[day].ToList();
            var usualMost = pattern.Cadence == Cadence.TwiceDaily ? 2 : 1;
            var weekend = !time.IsWorkingDay(day);
            var second = there.Count >= usualMost;
            var extra = weekend || second;
            if ((weekend && !(style.CatchUp && pattern.CatchUp.Weekend))
                || (second && !(style.CatchUp && pattern.CatchUp.SecondSessionAfterHours > 0 && there.Count < 2)))
            {
                return [];
            }

            var how = second ? "second-session" : weekend ? "weekend" : day == old ? "same-day" : day > last ? "appended" : "free-day";
            return On(day, session, minutes, extra, how, Apart(placed, day, extra));
        }
    }

    /// <summary>For a course whose rest may move: day by day after the one before.</summary>
    public IEnumerable<Spot> ForTail(List<Spot> placed, RepairSession session)
    {
        if (session.Phase != Phases.Fraction)
        {
            return ForLost(placed.Where(x => x.Session.Phase != Phases.Fraction).ToList(), session);
        }

        var pattern = patient.Pattern!;
        var before = placed.Where(x => x.Session.Phase == Phases.Fraction).OrderBy(x => x.Time.Start).ToList();
        var planning = placed.FindLast(x => x.Session.Phase == Phases.Planning);
        var earliest = before.Count > 0 ? DayOf(before[^1].Time.Start) : planning is not null ? DayOf(planning.Time.Start) : DayOf(session.Time.Start);
        var minutes = pattern.MinutesOf(before.Count + 1);
        var from = Max(_today, earliest);
        var reach = Math.Max(AppendDays, Math.Max(pattern.CycleMaxDays, pattern.Planning?.MaxWorkingDays * 2 ?? 0));
        return Tail();

        IEnumerable<Spot> Tail()
        {
            if (!patient.Lost.Contains(session.Id) && (before.Count == 0 || session.Time.Start >= before[^1].Time.End) && minutes == (int)(session.Time.End - session.Time.Start).TotalMinutes)
            {
                yield return Spot.Kept(session);
            }

            foreach (var day in Days(from, from.AddDays(reach)))
            {
                var there = before.Count(x => DayOf(x.Time.Start) == day);
                var weekend = !time.IsWorkingDay(day);
                var second = there >= (pattern.Cadence == Cadence.TwiceDaily ? 2 : 1);
                var extra = weekend || second;
                if ((weekend && !(style.CatchUp && pattern.CatchUp.Weekend)) || (second && !(style.CatchUp && pattern.CatchUp.SecondSessionAfterHours > 0 && there < 2)))
                {
                    continue;
                }

                var apart = Apart(before, day, extra);
                foreach (var spot in On(day, session, minutes, extra, second ? "second-session" : weekend ? "weekend" : "shifted",
                    start => (before.Count == 0 || start >= before[^1].Time.End) && apart(start)))
                {
                    yield return spot;
                }
            }
        }
    }

    /// <summary>For a visit by itself: the same day, then the days after. A step of a cycle stays on its day.</summary>
    public IEnumerable<Spot> ForVisit(List<Spot> placed, RepairSession session)
    {
        var old = Max(_today, DayOf(session.Time.Start));
        var minutes = (int)(session.Time.End - session.Time.Start).TotalMinutes;
        return Days(old, CycleSteps.Contains(session.Phase) ? old : old.AddDays(VisitDays))
            .Where(day => day == DayOf(session.Time.Start) || time.IsWorkingDay(day))
            .SelectMany(day => On(day, session, minutes, false, day == DayOf(session.Time.Start) ? "same-day" : "other-day", _ => true)
                .OrderBy(spot => Change(spot, session)).ThenBy(spot => spot.Time.Start).ThenBy(spot => spot.Resources[0]));
    }

    /// <summary>The starts of a day nearest to the old hour, on the session's own machine and on those that can stand in.</summary>
    private IEnumerable<Spot> On(DateOnly day, RepairSession session, int minutes, bool extra, string how, Func<DateTimeOffset, bool> suits)
    {
        // Hours outside the usual ones are asked for only where the style says so: evenings by one, weekends by the other.
        var moreHours = time.IsWorkingDay(day) ? style.MoreHours : style.CatchUp && extra;
        var hour = HourOf(session.Time.Start);
        var oldHour = LocalTime.Opening(day, hour, time.Zone);
        foreach (var machine in time.InsteadOf(session.Machine, matchedOnly: session.Phase == Phases.Fraction))
        {
            if (machine != session.Machine && session.Phase == Phases.Fraction && patient.Pattern is { Machine: MachineRule.Same })
            {
                continue;
            }

            var starts = time.Starts(machine, day, minutes, moreHours).Append(oldHour).Distinct()
                .Where(start => start >= notBefore && InWindow(start) && suits(start) && time.IsFree(machine, new Interval(start, start.AddMinutes(minutes)), moreHours))
                .OrderBy(start => (start - oldHour).Duration()).ThenBy(start => start);
            var found = 0;
            foreach (var start in starts)
            {
                var wanted = new Interval(start, start.AddMinutes(minutes));
                if (Others(session, wanted, moreHours) is { } others)
                {
                    yield return new Spot(session, wanted, [machine, .. others], extra, how);
                    if (++found == perDay)
                    {
                        break;
                    }
                }
            }
        }
    }

    /// <summary>The rooms and people beside the machine: the same if they are free, otherwise others of their kind.</summary>
    private List<Guid>? Others(RepairSession session, Interval wanted, bool moreHours)
    {
        List<Guid> others = [];
        foreach (var resource in session.Resources.Skip(1))
        {
            var free = time.InsteadOf(resource, matchedOnly: false).FirstOrDefault(x => !others.Contains(x) && time.IsFree(x, wanted, moreHours));
            if (free == Guid.Empty)
            {
                return null;
            }

            others.Add(free);
        }

        return others;
    }

    /// <summary>Whether a start of this day keeps the hours to the fractions around it. Those far away are left out before any start is looked at.</summary>
    private Func<DateTimeOffset, bool> Apart(IEnumerable<Spot> spots, DateOnly day, bool extra)
    {
        var pattern = patient.Pattern!;
        var reduced = Math.Min(pattern.MinHoursBetween, Math.Max(6, pattern.CatchUp.SecondSessionAfterHours));
        var noon = LocalTime.Opening(day, new TimeOnly(12, 0), time.Zone);
        var reach = TimeSpan.FromHours(Math.Max(pattern.MinHoursBetween, pattern.CatchUp.SecondSessionAfterHours) + 14);
        var near = spots.Where(x => x.Session.Phase == Phases.Fraction && (x.Time.Start - noon).Duration() <= reach)
            .Select(x => (x.Time.Start, Hours: extra && pattern.CatchUp.SecondSessionAfterHours > 0 && DayOf(x.Time.Start) == day ? pattern.CatchUp.SecondSessionAfterHours
                : extra || x.Extra ? reduced : pattern.MinHoursBetween)).ToList();
        return start => near.TrueForAll(x => (start - x.Start).Duration().TotalHours >= x.Hours);
    }

    private bool InWindow(DateTimeOffset start) => patient.Pattern is not { } pattern || (pattern.EarliestStart is null && pattern.LatestStart is null)
        || (HourOf(start) is var hour && !(pattern.EarliestStart > hour) && !(pattern.LatestStart <= hour));

    private double Change(Spot spot, RepairSession session) =>
        Math.Abs((HourOf(spot.Time.Start) - TimeOnly.MinValue).TotalHours - (HourOf(session.Time.Start) - TimeOnly.MinValue).TotalHours)
        + (spot.Resources[0] != session.Machine ? OtherMachine : 0)
        + (time.IsUsual(spot.Resources[0], spot.Time) ? 0 : AskedHours)
        + (spot.How == "second-session" ? 6 : 0);

    private DateOnly DayOf(DateTimeOffset moment) => LocalTime.DateOf(moment, time.Zone);

    private TimeOnly HourOf(DateTimeOffset moment) => TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, time.Zone).DateTime);

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;

    private static IEnumerable<DateOnly> Days(DateOnly from, DateOnly to)
    {
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            yield return day;
        }
    }
}
