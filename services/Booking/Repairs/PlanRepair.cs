using MedTourism.Booking.Availability;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>Makes a repair of whole proposals for everyone whom a failure concerns, and puts it in the place of the plans before. Nothing is told to anyone.</summary>
public static class PlanRepair
{
    /// <summary>The repair's id, or null if nobody is concerned. Call it in the transaction that declared the outage.</summary>
    public static async Task<Guid?> ForOutageAsync(BookingDb db, string center, Guid outageId, Guid resourceId, string by, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await WithdrawAsync(db, resourceId, pendingToo: false, ct);
        var concerned = await LoadRepair.ConcernedAsync(db, resourceId, ct);
        return await MakeAsync(db, center, outageId, "outage", concerned, by, ct);
    }

    /// <summary>For sessions that one patient missed.</summary>
    public static async Task<Guid?> ForMissedAsync(BookingDb db, string center, Guid bookingId, string by, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients p SET state = 'withdrawn' FROM repairs r
            WHERE r.id = p.repair_id AND r.cause = 'missed' AND p.booking_id = {bookingId} AND p.state IN ('planned', 'impossible') AND p.pending IS NULL
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE repairs SET state = 'withdrawn' WHERE cause = 'missed' AND state IN ('planned', 'chosen') AND booking_ids = ARRAY[{bookingId}]", ct);
        return await MakeAsync(db, center, null, "missed", [bookingId], by, ct);
    }

    /// <summary>Plans that nobody was told of give way to a new one.</summary>
    public static async Task WithdrawAsync(BookingDb db, Guid resourceId, bool pendingToo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients p SET state = 'withdrawn', pending = NULL FROM repairs r JOIN outages o ON o.id = r.outage_id
            WHERE p.repair_id = r.id AND o.resource_id = {resourceId} AND p.state = 'planned' AND (p.pending IS NULL OR {pendingToo})
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repairs r SET state = 'withdrawn' FROM outages o WHERE o.id = r.outage_id AND o.resource_id = {resourceId} AND r.state IN ('planned', 'chosen')
            """,
            ct);
    }

    /// <summary>
    /// Plans for sessions that came onto a resource although it is down: confirmed in the moment it was declared, or from before a hold was checked. They
    /// are few; what is planned already is not planned again.
    /// </summary>
    /// <returns>How many repairs were planned.</returns>
    public static Task<int> ForLeftOversAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                var outages = await db.Outages.FromSql(
                    $"""
                    SELECT o.* FROM outages o
                    WHERE (o.to_at IS NULL OR o.to_at > now()) AND EXISTS (
                        SELECT 1 FROM allocations a JOIN sessions s ON s.id = a.session_id JOIN bookings b ON b.id = s.booking_id
                        WHERE a.resource_id = o.resource_id AND a.during && tstzrange(greatest(o.from_at, now()), o.to_at, '[)') AND a.state = 'booked'
                          AND s.state IN ('booked', 'proposed') AND s.starts_at > now() AND b.state = 'confirmed'
                          AND NOT EXISTS (
                              SELECT 1 FROM repairs r JOIN outages p ON p.id = r.outage_id
                              WHERE p.resource_id = o.resource_id AND r.planned_at >= o.declared_at AND r.state <> 'withdrawn' AND b.id = ANY(r.booking_ids)))
                    ORDER BY o.declared_at LIMIT 20 FOR UPDATE OF o SKIP LOCKED
                    """).AsNoTracking().ToListAsync(ct);
                var made = 0;
                foreach (var outage in outages)
                {
                    made += await ForOutageAsync(db, outage.CenterId, outage.Id, outage.ResourceId, outage.DeclaredBy, ct) is null ? 0 : 1;
                }

                return made;
            },
            ct);
    }

    private static async Task<Guid?> MakeAsync(
        BookingDb db, string center, Guid? outageId, string cause, List<Guid> concerned, string by, CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        var busy = await db.RepairPatients.AsNoTracking().Where(x => x.Pending == "apply" && concerned.Contains(x.BookingId)).Select(x => x.BookingId).ToListAsync(ct);
        concerned = [.. concerned.Except(busy)];
        if (concerned.Count == 0 || await LoadRepair.OfAsync(db, center, concerned, now, ct) is not { Time: { } time, Patients: { Count: > 0 } patients })
        {
            return null;
        }

        var citizenships = await db.BookingPeople.AsNoTracking().Where(x => concerned.Contains(x.BookingId)).ToDictionaryAsync(x => x.BookingId, x => x.Citizenship, ct);
        var free = await StayLimits.LoadAsync(db, citizenships.Values, DateOnly.FromDateTime(now.UtcDateTime), ct);
        var repair = new Repair
        {
            Id = Guid.CreateVersion7(),
            CenterId = center,
            OutageId = outageId,
            Cause = cause,
            State = Repair.Planned,
            Proposals = RepairProposals.Make(time, patients, now + FindStarts.LeadTime, x => citizenships.TryGetValue(x, out var citizenship) && free.TryGetValue(citizenship, out var most) ? most : null),
            Openings = [],
            BookingIds = [.. patients.Select(x => x.BookingId)],
            PlannedBy = by,
            PlannedAt = now,
        };
        db.Repairs.Add(repair);
        await db.SaveChangesAsync(ct);
        return repair.Id;
    }
}
