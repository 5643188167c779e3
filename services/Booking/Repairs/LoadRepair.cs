using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>Reads who is concerned by an outage, with all their sessions, and the free time of the center.</summary>
public static class LoadRepair
{
    private const int DaysBack = 21;
    private const int DaysAfter = 60;
    private const int FarthestDays = FreeTime.MostDays;

    /// <summary>Patients with the free time they can be moved to. Null time: the center has no resources.</summary>
    public sealed record World(RepairTime? Time, List<RepairCase> Patients);

    /// <summary>The confirmed bookings with a session ahead on this resource while it is down, by this or another outage of it.</summary>
    public static Task<List<Guid>> ConcernedAsync(BookingDb db, Guid resourceId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.SqlQuery<Guid>(
            $"""
            SELECT DISTINCT s.booking_id AS "Value"
            FROM outages o
            JOIN allocations a ON a.resource_id = o.resource_id AND a.during && tstzrange(greatest(o.from_at, now()), CASE WHEN o.to_at IS NOT NULL THEN greatest(o.to_at, now()) END, '[)') AND a.state = 'booked'
            JOIN sessions s ON s.id = a.session_id AND s.state IN ('booked', 'proposed') AND s.starts_at > now()
            JOIN bookings b ON b.id = s.booking_id AND b.state = 'confirmed'
            WHERE o.resource_id = {resourceId}
            """).ToListAsync(ct);
    }

    /// <summary>These bookings with what they lost: sessions ahead on a resource that is down, and those that were missed and not made up yet.</summary>
    public static async Task<World> OfAsync(BookingDb db, string center, IReadOnlyCollection<Guid> bookings, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var ids = bookings.ToArray();
        var rows = await db.Bookings.AsNoTracking().Where(x => ids.Contains(x.Id)).ToListAsync(ct);
        var sessions = (await db.Sessions.AsNoTracking().Where(x => x.BookingId != null && ids.Contains(x.BookingId.Value) && x.State != Session.Cancelled).ToListAsync(ct))
            .ToLookup(x => x.BookingId!.Value);
        var down = (await db.Database.SqlQuery<Guid>(
            $"""
            SELECT s.id AS "Value" FROM sessions s
            WHERE s.booking_id = ANY({ids}) AND s.state IN ('booked', 'proposed') AND s.starts_at > now()
              AND EXISTS (SELECT 1 FROM outages o WHERE o.resource_id = ANY(s.resource_ids) AND o.from_at < s.ends_at AND coalesce(o.to_at, 'infinity') > s.starts_at)
            """).ToListAsync(ct)).ToHashSet();
        var planned = (await db.Database.SqlQuery<Guard>(
            $"""SELECT booking_id AS "BookingId", planned_days AS "PlannedDays" FROM course_guards WHERE booking_id = ANY({ids})""").ToListAsync(ct))
            .ToDictionary(x => x.BookingId, x => x.PlannedDays);
        var cases = rows.OrderBy(x => x.Id).Select(x => Case(x, [.. sessions[x.Id].OrderBy(s => s.Number)], down, planned)).Where(x => x.Lost.Count > 0).ToList();
        return new World(await TimeAsync(db, center, now, cases.SelectMany(x => x.Sessions).Select(x => x.Time.End).Append(now).Max(), ct), cases);
    }

    /// <summary>The free time of a center from three weeks ago, so that the rules see the days before, to two months after the <paramref name="last"/> session.</summary>
    public static async Task<RepairTime?> TimeAsync(BookingDb db, string center, DateTimeOffset now, DateTimeOffset last, CancellationToken ct)
    {
        var first = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DaysBack);
        var days = Math.Min(FarthestDays, DateOnly.FromDateTime(last.UtcDateTime).DayNumber - first.DayNumber + DaysAfter);
        return await LoadFreeTime.OfCenterAsync(db, center, null, first, days, ct) is { } facts ? new RepairTime(facts, days) : null;
    }

    /// <summary>The days from a course's first fraction to its last one.</summary>
    public static int Length(IEnumerable<Session> sessions, TimeZoneInfo zone)
    {
        var days = sessions.Where(x => x.Phase == Phases.Fraction && x.State is not (Session.Missed or Session.Cancelled)).Select(x => LocalTime.DateOf(x.StartsAt, zone)).ToList();
        return days.Count == 0 ? 0 : days.Max().DayNumber - days.Min().DayNumber;
    }

    private static RepairCase Case(Bookings.Booking booking, List<Session> sessions, HashSet<Guid> down, Dictionary<Guid, int> planned)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(booking.TimeZone);
        var standing = sessions.FindAll(x => x.State != Session.Missed).ConvertAll(x => Of(x));
        var lost = standing.Where(x => down.Contains(x.Id)).Select(x => x.Id).ToHashSet();
        if (booking.Course is { } pattern)
        {
            // Sessions still owed, the longest missed first: a course always has as many fractions as its pattern says.
            var owed = pattern.Sessions - standing.Count(x => x.Phase == Phases.Fraction);
            var number = sessions.Max(x => x.Number);
            foreach (var missed in sessions.Where(x => x.State == Session.Missed && x.Phase == Phases.Fraction).OrderByDescending(x => x.StartsAt).Take(Math.Max(0, owed)).OrderBy(x => x.StartsAt))
            {
                // Its id comes from the missed session, so that two plans mean the same one.
                var session = Of(missed) with { Id = MakeUpId(missed.Id, ++number), Number = number, Sequence = 0, Extra = false, MakesUpFor = missed.Id };
                standing.Add(session);
                lost.Add(session.Id);
            }
        }

        return new RepairCase(booking.Id, booking.Course, standing, lost, planned.TryGetValue(booking.Id, out var days) ? days : Length(sessions, zone))
        {
            Trips = booking.Pattern?.Trips,
        };
    }

    private static Guid MakeUpId(Guid missed, int number)
    {
        var hash = System.Security.Cryptography.SHA256.HashData([.. missed.ToByteArray(), .. BitConverter.GetBytes(number)]);
        return new Guid(hash.AsSpan(0, 16));
    }

    private static RepairSession Of(Session x) =>
        new(x.Id, x.Number, x.Phase, new Interval(x.StartsAt, x.EndsAt), x.ResourceIds, x.State, x.Sequence, x.Extra);

    private sealed record Guard(Guid BookingId, int PlannedDays);
}
