using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Repairs;

/// <summary>How long each running course was planned to take, and the day on which it was looked at last.</summary>
public sealed class CourseGuard
{
    public Guid BookingId { get; init; }

    public int PlannedDays { get; init; }

    public DateOnly? CheckedOn { get; init; }
}

/// <summary>Something the gap guard told a center, once. Kind: <c>gap</c>, <c>prolongation</c> or <c>missed</c>.</summary>
public sealed class GapWarning
{
    public long Id { get; init; }

    public Guid BookingId { get; init; }

    public required string CenterId { get; init; }

    public required string Kind { get; init; }

    public bool Broken { get; init; }

    /// <summary>The day on which the limit is reached, or was.</summary>
    public DateOnly OnDate { get; init; }

    public int Found { get; init; }

    public int Max { get; init; }

    public DateTimeOffset WarnedAt { get; init; }
}

/// <summary>A fraction as the guard sees it. Down: its machine is not there for it, so it does not count as ahead.</summary>
public sealed record GuardedSession(DateTimeOffset Start, string State, bool Down);

/// <summary>
/// Where a running course stands against its limits. Latest: the last day on which the next session keeps the maximum gap, weekends and holidays allowed
/// for as the rules do; null without a limit. Unmarked: past sessions that nobody has marked, taken as delivered. Owed: sessions that have no date ahead.
/// Status: <c>ok</c>, <c>at-risk</c> (nothing is planned in time), <c>near</c> (nothing is planned in time and a day or less is left), <c>broken</c>.
/// </summary>
public sealed record CourseStanding(
    int Delivered, int Unmarked, int Missed, int Ahead, int WithoutMachine, int Owed, DateOnly LastOn, DateOnly? NextOn, int DaysSince, int MaxGapDays, DateOnly? Latest, int? DaysLeft,
    int LongerBy, int MaxProlongationDays, string GapStatus, string ProlongationStatus)
{
    /// <summary>Lowest first on the list: days left where nothing is planned in time or the course grows, far behind them courses in order.</summary>
    public int Urgency => Math.Min(
        GapStatus == "ok" ? 1000 + (DaysLeft ?? 0) : DaysLeft ?? 0,
        ProlongationStatus == "ok" ? 1000 : MaxProlongationDays - LongerBy) - (Owed > 0 ? 100 : 0);

    /// <summary>Null if the course has not begun or is over.</summary>
    public static CourseStanding? Of(CoursePattern pattern, IReadOnlyCollection<GuardedSession> fractions, int plannedDays, DateTimeOffset now, TimeZoneInfo zone, Func<DateOnly, bool> isWorkingDay)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(fractions);
        ArgumentNullException.ThrowIfNull(isWorkingDay);
        var today = LocalTime.DateOf(now, zone);
        var open = fractions.Where(x => x.State is Session.Booked or Session.Proposed).ToList();
        var unmarked = open.Where(x => x.Start <= now && !x.Down).ToList(); // without a machine nobody was treated
        var done = fractions.Where(x => x.State == Session.Delivered).Concat(unmarked).Select(x => LocalTime.DateOf(x.Start, zone)).Order().ToList();
        var without = open.Count(x => x.Start > now && x.Down);
        var ahead = open.Where(x => x.Start > now && !x.Down).Select(x => LocalTime.DateOf(x.Start, zone)).Order().ToList();
        var owed = Math.Max(0, pattern.Sessions - done.Count - without - ahead.Count);
        if (done.Count == 0 || owed + without + ahead.Count == 0)
        {
            return null;
        }

        var last = done[^1];
        var next = ahead.Count > 0 ? ahead[0] : (DateOnly?)null;
        var latest = pattern.MaxGapDays == 0 ? (DateOnly?)null : LatestAfter(last, pattern.MaxGapDays, isWorkingDay);
        var left = latest is null ? (int?)null : latest.Value.DayNumber - today.DayNumber;
        var gap = latest is null || next <= latest ? "ok" : left < 0 ? "broken" : left <= 1 ? "near" : "at-risk";

        // Each session without a place makes the course a day longer at least, from today on.
        var end = ahead.Count > 0 && ahead[^1] > last ? ahead[^1] : last;
        end = owed + without > 0 && today.AddDays(-1) > end ? today.AddDays(-1) : end;
        var longer = end.DayNumber - done[0].DayNumber + owed + without - plannedDays;
        var limit = pattern.MaxProlongationDays;
        var prolongation = limit == 0 || longer <= 0 ? "ok" : longer > limit ? "broken" : longer == limit ? "near" : "at-risk";
        return new CourseStanding(
            done.Count - unmarked.Count, unmarked.Count, fractions.Count(x => x.State == Session.Missed), ahead.Count, without, owed, last, next,
            today.DayNumber - last.DayNumber, pattern.MaxGapDays, latest, left, longer, limit, gap, prolongation);
    }

    private static DateOnly LatestAfter(DateOnly last, int most, Func<DateOnly, bool> isWorkingDay)
    {
        var working = last.AddDays(1);
        while (!isWorkingDay(working))
        {
            working = working.AddDays(1);
        }

        return working > last.AddDays(most) ? working : last.AddDays(most);
    }
}
