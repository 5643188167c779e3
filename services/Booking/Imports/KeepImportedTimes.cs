using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Clinics;
using MedTourism.Booking.ICalendar;
using MedTourism.Booking.Waitlist;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Writes what a calendar says is taken, and blocks that time of its resource as far as it is free. Only changes are written. What is held or booked here
/// stays as it is: the clinic sees it as a conflict, and the database blocks it as soon as it is let go (0007_feeds.sql).
/// </summary>
public static class KeepImportedTimes
{
    /// <summary>Run it in a transaction that has locked the import.</summary>
    public static async Task ReplaceAsync(BookingDb db, IPublishEndpoint bus, Import import, IReadOnlyCollection<BusyTime> times, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(import);
        await LockAsync(db, import.ResourceId, ct);
        var uids = times.Select(x => x.Uid).ToArray();
        var instances = times.Select(x => x.Instance).ToArray();
        var starts = times.Select(x => x.Start.ToUniversalTime()).ToArray();
        var ends = times.Select(x => x.End.ToUniversalTime()).ToArray();
        var doubts = times.Select(x => x.Doubt ?? string.Empty).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH said AS (SELECT * FROM unnest({uids}, {instances}, {starts}, {ends}, {doubts}) AS s(uid, instance, starts_at, ends_at, doubt)),
            gone AS (
                DELETE FROM imported_times t WHERE t.import_id = {import.Id}
                AND NOT EXISTS (SELECT 1 FROM said WHERE said.uid = t.uid AND said.instance = t.instance))
            INSERT INTO imported_times AS known (import_id, uid, instance, resource_id, starts_at, ends_at, doubt)
            SELECT {import.Id}, uid, instance, {import.ResourceId}, starts_at, ends_at, nullif(doubt, '') FROM said
            ON CONFLICT (import_id, uid, instance) DO UPDATE SET starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, doubt = EXCLUDED.doubt
            WHERE (known.starts_at, known.ends_at, known.doubt) IS DISTINCT FROM (EXCLUDED.starts_at, EXCLUDED.ends_at, EXCLUDED.doubt)
            """,
            ct);
        await BlockAsync(db, bus, import.ResourceId, ct);
    }

    /// <summary>Takes back what an import blocked, unless another import of the resource says the same. Run it in a transaction that has locked the import.</summary>
    public static async Task RemoveAsync(BookingDb db, IPublishEndpoint bus, Import import, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(import);
        await LockAsync(db, import.ResourceId, ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM imports WHERE id = {import.Id}", ct);
        await BlockAsync(db, bus, import.ResourceId, ct);
    }

    /// <summary>Whoever takes time of the resource holds a share of this lock until they commit, so from here on nothing of it is taken by others.</summary>
    private static async Task LockAsync(BookingDb db, Guid resourceId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '5s'", ct);
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM resources WHERE id = {resourceId} FOR UPDATE", ct);

        // Holds past their time; one that someone is just removing is left to them, and blocked when they have.
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM allocations WHERE id IN (
                SELECT id FROM allocations WHERE resource_id = {resourceId} AND state = 'held' AND expires_at <= now() FOR UPDATE SKIP LOCKED)
            """,
            ct);
    }

    /// <summary>Makes the blocks of a resource what they should be: all imported times ahead, without what else takes the resource.</summary>
    private static async Task BlockAsync(BookingDb db, IPublishEndpoint bus, Guid resourceId, CancellationToken ct)
    {
        var wanted = await db.Database.SqlQuery<Piece>(
            $"""
            WITH ahead AS (SELECT * FROM imported_times WHERE resource_id = {resourceId} AND ends_at > now()),
            others AS (
                SELECT range_agg(during) AS during FROM allocations
                WHERE resource_id = {resourceId} AND NOT imported AND during && tstzrange((SELECT min(starts_at) FROM ahead), NULL))
            SELECT lower(piece) AS "Start", upper(piece) AS "End"
            FROM (SELECT unnest(range_agg(during) - coalesce((SELECT during FROM others), tstzmultirange())) AS piece FROM ahead) AS pieces
            """).ToListAsync(ct);
        var starts = wanted.Select(x => x.Start).ToArray();
        var ends = wanted.Select(x => x.End).ToArray();
        var changed = await db.Database.SqlQuery<Piece>(
            $"""
            DELETE FROM allocations a WHERE a.resource_id = {resourceId} AND a.imported AND a.ends_at > now()
            AND NOT EXISTS (SELECT 1 FROM unnest({starts}, {ends}) AS w(starts_at, ends_at) WHERE w.starts_at = a.starts_at AND w.ends_at = a.ends_at)
            RETURNING a.starts_at AS "Start", a.ends_at AS "End"
            """).ToListAsync(ct);
        changed.AddRange(await db.Database.SqlQuery<Piece>(
            $"""
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason, imported)
            SELECT gen_random_uuid(), {resourceId}, w.starts_at, w.ends_at, 'blocked', 'imported', true
            FROM unnest({starts}, {ends}) AS w(starts_at, ends_at)
            WHERE NOT EXISTS (
                SELECT 1 FROM allocations a WHERE a.resource_id = {resourceId} AND a.imported AND a.starts_at = w.starts_at AND a.ends_at = w.ends_at)
            ON CONFLICT DO NOTHING
            RETURNING starts_at AS "Start", ends_at AS "End"
            """).ToListAsync(ct));
        if (changed.Count > 0)
        {
            var now = await db.NowAsync(ct);
            var resource = await db.Resources.AsNoTracking().SingleAsync(x => x.Id == resourceId, ct);
            var (first, last) = (changed.Min(x => x.Start), changed.Max(x => x.End));
            var (from, to) = (first > now ? first : now, now + CalendarLimits.Horizon);
            await BlockTime.ChangedAsync(db, bus, resource, new Interval(from, last < to ? last : to), ct);
            await FreedTime.NoteAsync(db, bus, resource.CenterId, [.. changed.Select(x => new Interval(x.Start, x.End))], ct);
        }
    }

    private sealed record Piece(DateTimeOffset Start, DateTimeOffset End);
}
