using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Holds;

/// <summary>
/// The ways a live hold gets more time. Each is one conditional update whose row count decides; the allocations follow it in the same transaction.
/// </summary>
public static class LengthenHold
{
    /// <summary>On the patient's wish, a limited number of times; a course not beyond its treatment plan's validity.</summary>
    public static async Task<bool> ByExtensionAsync(BookingDb db, IPublishEndpoint bus, Guid id, BookingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(options);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE holds SET extensions = extensions + 1, expires_at = greatest(expires_at, least(
                expires_at + make_interval(mins => {options.HoldMinutes}), (SELECT valid_until FROM treatment_plans WHERE id = holds.plan_id)))
            WHERE id = {id} AND state = 'held' AND expires_at > now() AND extensions < {options.MostExtensions}
            """,
            ct) == 1 && await AllocationsFollowAsync(db, bus, id, ct);
    }

    /// <summary>For the time the payment page may take, a limited number of times, and never shorter than it was: a course is held for days.</summary>
    public static async Task<bool> ForCheckoutAsync(BookingDb db, IPublishEndpoint bus, Guid id, BookingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(options);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE holds SET expires_at = greatest(expires_at, now() + make_interval(mins => {options.CheckoutMinutes})), checkouts = checkouts + 1
            WHERE id = {id} AND state = 'held' AND expires_at > now() AND checkouts < {options.MostCheckouts}
            """,
            ct) == 1 && await AllocationsFollowAsync(db, bus, id, ct);
    }

    /// <summary>Until a known moment, never shorter than it was.</summary>
    public static async Task<bool> UntilAsync(BookingDb db, IPublishEndpoint bus, Guid id, DateTimeOffset until, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE holds SET expires_at = greatest(expires_at, {until}) WHERE id = {id} AND state = 'held' AND expires_at > now()", ct) == 1
            && await AllocationsFollowAsync(db, bus, id, ct);
    }

    /// <summary>
    /// Someone whose transaction began a moment later may have seen an allocation as stale and taken its time. Then the hold is lost, and says so.
    /// </summary>
    private static async Task<bool> AllocationsFollowAsync(BookingDb db, IPublishEndpoint bus, Guid id, CancellationToken ct)
    {
        var kept = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE allocations SET expires_at = h.expires_at + make_interval(secs => h.grace_seconds)
            FROM holds h WHERE h.id = {id} AND hold_id = h.id AND allocations.state = 'held'
            """,
            ct);
        var hold = await db.Holds.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        if (kept == hold.Resources)
        {
            return true;
        }

        await ExpireHolds.EndAsync(db, bus, [hold], ct);
        return false;
    }
}
