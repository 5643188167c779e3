using MedTourism.Booking.Sessions;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>Looks at every running course once a day of its center and writes down, once, what comes near a limit or has broken one.</summary>
public static class GuardCourses
{
    private const int Batch = 50;

    /// <summary>A course and where it stands; its standing is null if it is not running.</summary>
    public sealed record Watched(Bookings.Booking Booking, CourseStanding? Standing, DateOnly Today);

    /// <summary>Keeps how long the course was planned to take, before anything moves it.</summary>
    public static async Task RememberAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        if (booking.Course is not null)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO course_guards (booking_id, planned_days)
                SELECT {booking.Id}, coalesce(max((starts_at AT TIME ZONE {booking.TimeZone})::date) - min((starts_at AT TIME ZONE {booking.TimeZone})::date), 0)
                FROM sessions WHERE booking_id = {booking.Id} AND phase = 'fraction' AND state NOT IN ('missed', 'cancelled')
                ON CONFLICT DO NOTHING
                """,
                ct);
        }
    }

    /// <returns>How many courses were looked at.</returns>
    public static Task<int> RunOnceAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO course_guards (booking_id, planned_days)
                    SELECT b.id, max((s.starts_at AT TIME ZONE b.time_zone)::date) - min((s.starts_at AT TIME ZONE b.time_zone)::date)
                    FROM bookings b JOIN sessions s ON s.booking_id = b.id AND s.phase = 'fraction' AND s.state NOT IN ('missed', 'cancelled')
                    WHERE b.state = 'confirmed' AND b.pattern IS NOT NULL AND NOT EXISTS (SELECT 1 FROM course_guards g WHERE g.booking_id = b.id)
                    GROUP BY b.id ORDER BY b.id LIMIT 500 ON CONFLICT DO NOTHING
                    """,
                    ct);
                var due = await db.Database.SqlQuery<Guid>(
                    $"""
                    SELECT g.booking_id AS "Value" FROM course_guards g JOIN bookings b ON b.id = g.booking_id
                    WHERE b.state = 'confirmed' AND (g.checked_on IS NULL OR g.checked_on < (now() AT TIME ZONE b.time_zone)::date)
                    ORDER BY g.booking_id LIMIT {Batch} FOR UPDATE OF g SKIP LOCKED
                    """).ToListAsync(ct);
                foreach (var course in await WatchAsync(db, due, ct))
                {
                    await WarnAsync(db, course, ct);
                    await db.Database.ExecuteSqlAsync($"UPDATE course_guards SET checked_on = {course.Today} WHERE booking_id = {course.Booking.Id}", ct);
                }

                return due.Count;
            },
            ct);
    }

    public static async Task<List<Watched>> WatchAsync(BookingDb db, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (ids.Count == 0)
        {
            return [];
        }

        var keys = ids.ToArray();
        var bookings = await db.Bookings.AsNoTracking().Where(x => keys.Contains(x.Id)).ToListAsync(ct);
        var sessions = (await db.Database.SqlQuery<Row>(
            $"""
            SELECT s.booking_id AS "BookingId", s.starts_at AS "Start", s.state AS "State",
                   EXISTS (SELECT 1 FROM outages o WHERE o.resource_id = ANY(s.resource_ids) AND o.from_at < s.ends_at AND coalesce(o.to_at, 'infinity') > s.starts_at) AS "Down"
            FROM sessions s WHERE s.booking_id = ANY({keys}) AND s.phase = {Phases.Fraction} AND s.state <> 'cancelled'
            """).ToListAsync(ct)).ToLookup(x => x.BookingId);
        var planned = await db.CourseGuards.AsNoTracking().Where(x => keys.Contains(x.BookingId)).ToDictionaryAsync(x => x.BookingId, x => x.PlannedDays, ct);
        var holidays = (await db.Database.SqlQuery<DateOnly>($"SELECT date AS \"Value\" FROM public_holidays WHERE country = 'KZ'").ToListAsync(ct)).ToHashSet();
        var now = await db.NowAsync(ct);
        return bookings.OrderBy(x => x.Id).Select(booking =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(booking.TimeZone);
            var standing = booking.Course is null ? null : CourseStanding.Of(
                booking.Course, [.. sessions[booking.Id].Select(x => new GuardedSession(x.Start, x.State, x.Down))], planned.GetValueOrDefault(booking.Id, 0), now, zone,
                day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day));
            return new Watched(booking, standing, Availability.LocalTime.DateOf(now, zone));
        }).ToList();
    }

    private static async Task WarnAsync(BookingDb db, Watched course, CancellationToken ct)
    {
        if (course.Standing is not { } standing)
        {
            return;
        }

        if (standing.GapStatus is "near" or "broken")
        {
            await AddAsync("gap", standing.GapStatus == "broken", standing.Latest!.Value, standing.DaysSince, standing.MaxGapDays);
        }

        if (standing.ProlongationStatus is "near" or "broken")
        {
            await AddAsync("prolongation", standing.ProlongationStatus == "broken", course.Today.AddDays(Math.Max(0, standing.MaxProlongationDays - standing.LongerBy)), standing.LongerBy, standing.MaxProlongationDays);
        }

        if (standing.Owed > 0)
        {
            await AddAsync("missed", false, standing.LastOn, standing.Owed, 0);
        }

        Task<int> AddAsync(string kind, bool broken, DateOnly on, int found, int limit) => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO gap_warnings (booking_id, center_id, kind, broken, on_date, found, max)
            VALUES ({course.Booking.Id}, {course.Booking.CenterId}, {kind}, {broken}, {on}, {found}, {limit}) ON CONFLICT DO NOTHING
            """,
            ct);
    }

    private sealed record Row(Guid BookingId, DateTimeOffset Start, string State, bool Down);
}
