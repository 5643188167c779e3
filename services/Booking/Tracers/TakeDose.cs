using MedTourism.Booking.Offers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Tracers;

/// <summary>
/// Binds a dose of a tracer batch to machine time that was just taken. Call it in the transaction that takes the time, and roll back if it refuses. The
/// row of the batch is locked, dead promises are removed, and the insert says whether what is left covers one more; everyone walks batches in one order.
/// </summary>
public static class TakeDose
{
    /// <summary>The catalogue's line of examinations with tracers; nothing else is asked for a dose.</summary>
    public const string Line = "nuclear";

    /// <summary>For a hold that was just placed. Null if a dose is bound, or none is needed.</summary>
    public static async Task<NoTracer?> ForHoldAsync(BookingDb db, OfferTerms offer, Guid holdId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(offer);
        return offer.ServiceLine == Line ? await ForAsync(db, holdId, null, ct) : null;
    }

    /// <summary>For whatever machine time a hold or a booking has without a dose.</summary>
    public static async Task<NoTracer?> ForAsync(BookingDb db, Guid? holdId, Guid? bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var needs = await db.Database.SqlQuery<Need>(
            $"""
            WITH what AS (
                SELECT h.center_id, o.procedure_id, o.resource_kinds[1] AS machine FROM holds h JOIN offer_terms o ON o.offer_id = h.offer_id
                WHERE h.id = {holdId} AND o.service_line = {Line}
                UNION
                SELECT b.center_id, b.procedure_id, b.resource_kinds[1] FROM bookings b WHERE b.id = {bookingId} AND b.service_line = {Line})
            SELECT a.id AS "AllocationId", a.starts_at AS "Start", what.center_id AS "CenterId", what.procedure_id AS "ProcedureId"
            FROM what JOIN allocations a ON a.hold_id = {holdId} OR a.booking_id = {bookingId} JOIN resources r ON r.id = a.resource_id AND r.kind = what.machine
            WHERE NOT EXISTS (SELECT 1 FROM tracer_doses d WHERE d.allocation_id = a.id)
            ORDER BY a.starts_at, a.id
            """).ToListAsync(ct);
        if (needs.Count == 0)
        {
            return null;
        }

        if (await BatchesAsync(db, needs[0].CenterId, needs[0].ProcedureId, needs[0].Start, ct) is not { } batches)
        {
            return null;
        }

        foreach (var need in needs)
        {
            if (await BindAsync(db, need, batches, ct) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>
    /// Those that could serve a start at or after this one, in the order in which everyone locks them; null if the center has never entered one for the
    /// procedure, and so sells it without.
    /// </summary>
    public static async Task<List<TracerBatch>?> BatchesAsync(BookingDb db, string center, string procedure, DateTimeOffset from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var all = db.TracerBatches.AsNoTracking().Where(x => x.CenterId == center && x.ProcedureIds.Contains(procedure) && !x.Withdrawn);
        var since = from.AddMinutes(-TracerBatch.LongestUptakeMinutes);
        var list = await all.Where(x => x.UsableUntil >= since).OrderBy(x => x.DeliveredAt).ThenBy(x => x.Id).ToListAsync(ct);
        return list.Count > 0 || await all.AnyAsync(ct) ? list : null;
    }

    private static async Task<NoTracer?> BindAsync(BookingDb db, Need need, List<TracerBatch> batches, CancellationToken ct)
    {
        NoTracer refusal = new("no-batch", need.Start);
        foreach (var batch in batches.Where(batch => batch.IsThereFor(need.Start)))
        {
            var injection = batch.InjectionFor(need.Start);
            if (!await LockAsync(db, batch.Id, ct))
            {
                continue;
            }

            if (await InsertAsync(db, need, batch, injection, ct))
            {
                return null;
            }

            var promised = await db.TracerDoses.Where(x => x.BatchId == batch.Id).SumAsync(x => x.NeededMbq, ct);
            refusal = NoTracer.Spent(batch, need.Start, promised);
        }

        return refusal;
    }

    /// <summary>False if it was withdrawn meanwhile. Lets go of doses whose hold is over, except those someone else is letting go of.</summary>
    private static async Task<bool> LockAsync(BookingDb db, Guid batchId, CancellationToken ct)
    {
        var there = await db.Database.SqlQuery<Guid>(
            $"SELECT id AS \"Value\" FROM tracer_batches WHERE id = {batchId} AND NOT withdrawn FOR UPDATE").ToListAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM allocations WHERE id IN (
                SELECT a.id FROM tracer_doses d JOIN allocations a ON a.id = d.allocation_id
                WHERE d.batch_id = {batchId} AND a.state = 'held' AND a.expires_at <= now() FOR UPDATE OF a SKIP LOCKED)
            """,
            ct);
        return there.Count == 1;
    }

    private static async Task<bool> InsertAsync(BookingDb db, Need need, TracerBatch batch, DateTimeOffset injection, CancellationToken ct)
    {
        var (needed, tolerance) = (batch.NeededFor(need.Start), 1 + TracerBatch.Tolerance);
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO tracer_doses (allocation_id, batch_id, injected_at, needed_mbq)
            SELECT {need.AllocationId}, b.id, {injection}, {needed} FROM tracer_batches b
            WHERE b.id = {batch.Id} AND {needed} + (SELECT coalesce(sum(needed_mbq), 0) FROM tracer_doses WHERE batch_id = b.id) <= b.activity_mbq * {tolerance}
            """,
            ct) == 1;
    }

    private sealed record Need(Guid AllocationId, DateTimeOffset Start, string CenterId, string ProcedureId);
}
