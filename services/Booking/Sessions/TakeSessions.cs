using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Tracers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Sessions;

/// <summary>
/// Takes the time of many sessions, all of it or none. Run it in a transaction and roll back if it says false. The database walks them in the order of
/// resource and time and never back, clearing each time of stale holds right before it takes it: so two takers that meet in one session wait for each
/// other in one direction only, and one gets all, the other nothing. (Clearing all times first and then taking them did deadlock.)
/// </summary>
public static class TakeSessions
{
    /// <summary>A session's time on every resource it needs.</summary>
    public sealed record Wanted(Guid SessionId, Interval Time, IReadOnlyList<Guid> Resources);

    public static async Task<bool> TryAsync(BookingDb db, IReadOnlyCollection<Wanted> wanted, TakeTime.For what, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(what);
        var rows = wanted.SelectMany(session => session.Resources.Select(resource => (Resource: resource, session.Time, session.SessionId))).ToArray();
        var resources = Array.ConvertAll(rows, row => row.Resource);
        var starts = Array.ConvertAll(rows, row => row.Time.Start.ToUniversalTime());
        var ends = Array.ConvertAll(rows, row => row.Time.End.ToUniversalTime());
        var sessions = Array.ConvertAll(rows, row => row.SessionId);
        return await db.Database.SqlQuery<bool>(
            $"""
            SELECT take_sessions({resources}, {starts}, {ends}, {sessions}, {what.State}, {what.ExpiresAt}, {what.HoldId}, {what.BookingId}, {what.Fence}, {what.Reason})
                AS "Value"
            """).SingleAsync(ct) && await AreOpenAsync(db, resources, starts, ends, ct) && await TakeDose.ForAsync(db, what.HoldId, what.BookingId, ct) is null;
    }

    /// <summary>The same question about all the time a booking has.</summary>
    public static async Task<bool> AreOpenAsync(BookingDb db, Guid bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var rows = await db.Allocations.AsNoTracking().Where(x => x.BookingId == bookingId).ToListAsync(ct);
        return await AreOpenAsync(db, [.. rows.Select(x => x.ResourceId)], [.. rows.Select(x => x.StartsAt)], [.. rows.Select(x => x.EndsAt)], ct);
    }

    /// <summary>
    /// True if no resource was closed for these times meanwhile. Whoever closes one locks its row first, and a taken time holds a share of that lock:
    /// so either the closing is seen here, or the closing sees the taken time.
    /// </summary>
    private static async Task<bool> AreOpenAsync(BookingDb db, Guid[] resources, DateTimeOffset[] starts, DateTimeOffset[] ends, CancellationToken ct) =>
        await db.Database.SqlQuery<bool>(
            $"""
            SELECT NOT EXISTS (
                SELECT 1 FROM unnest({resources}, {starts}, {ends}) AS w(resource_id, starts_at, ends_at) JOIN resources r ON r.id = w.resource_id
                WHERE r.status <> 'open' OR EXISTS (
                    SELECT 1 FROM calendar_exceptions e
                    WHERE e.center_id = r.center_id AND (e.resource_id IS NULL OR e.resource_id = r.id) AND e.kind = 'closed'
                      AND e.from_at < w.ends_at AND e.to_at > w.starts_at)) AS "Value"
            """).SingleAsync(ct);
}
