using MedTourism.Booking.Availability;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.Booking.Allocations;

/// <summary>
/// Takes one resource of every kind for a time, or none. Run it in a transaction and roll back if it says false.
/// The exclusion constraint decides between two takers; a plain INSERT would make them deadlock, ON CONFLICT DO NOTHING makes the second one lose.
/// </summary>
public static class TakeTime
{
    /// <summary>$1 the resource, $2 to $3 the time, $4 the id of the allocation, $5 to $10 what it is for.</summary>
    internal const string TakeStatement =
        $"""
        {WithoutStale}
        INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, expires_at, hold_id, booking_id, fence, reason)
        SELECT $4, $1, $2, $3, $5, $6, $7, $8, $9, $10
        WHERE (SELECT count(*) FROM stale) >= 0
        ON CONFLICT DO NOTHING
        """;

    /// <summary>$1 the resource, $2 to $3 the time, $4 the id of the allocation, $5 the hold it is for.</summary>
    internal const string HoldStatement =
        $"""
        {WithoutStale}
        INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, expires_at, hold_id, fence)
        SELECT $4, $1, $2, $3, 'held', h.expires_at, h.id, h.fence
        FROM holds h WHERE h.id = $5 AND (SELECT count(*) FROM stale) >= 0
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Removes what only looks taken: holds past their time. Counting the removed rows makes PostgreSQL do it before it takes.</summary>
    private const string WithoutStale =
        """
        WITH stale AS (
            DELETE FROM allocations WHERE id IN (
                SELECT id FROM allocations
                WHERE resource_id = $1 AND during && tstzrange($2, $3, '[)') AND state = 'held' AND expires_at <= now()
                ORDER BY starts_at FOR UPDATE)
            RETURNING 1)
        """;

    /// <summary>A resource that is open for the whole time.</summary>
    public readonly record struct Candidate(Guid Id, string Kind);

    /// <summary>What the time is taken for.</summary>
    public sealed record For(string State, Guid? HoldId, Guid? BookingId, int Fence, DateTimeOffset? ExpiresAt, string? Reason = null);

    public static async Task<bool> TryAsync(
        BookingDb db, IReadOnlyList<string> kinds, IEnumerable<Candidate> candidates, Interval time, For what, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(kinds);
        var needed = kinds.ToHashSet(StringComparer.Ordinal);

        // Everyone walks all resources in the order of their ids and never back, whichever kinds they need: so nobody waits in a circle.
        // A kind's next lane is tried when one is taken.
        foreach (var resource in candidates.OrderBy(candidate => candidate.Id))
        {
            if (needed.Contains(resource.Kind) && await TakeAsync(db, Guid.CreateVersion7(), resource.Id, time, what, ct))
            {
                needed.Remove(resource.Kind);
            }
        }

        return needed.Count == 0;
    }

    /// <returns>The block's id, or null if some of the time is taken.</returns>
    public static async Task<Guid?> BlockAsync(BookingDb db, Guid resourceId, Interval time, string reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var id = Guid.CreateVersion7();
        return await TakeAsync(db, id, resourceId, time, new For(Allocation.Blocked, null, null, 0, null, reason), ct) ? id : null;
    }

    /// <summary>
    /// To be sent with the statement that places the hold, after it, one for each resource in the order of their ids. Affects one row, or none if some
    /// of the time is taken or the hold was not placed.
    /// </summary>
    public static NpgsqlBatchCommand ForHold(Guid holdId, Guid resourceId, Interval time) => new(HoldStatement)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = resourceId },
            new NpgsqlParameter<DateTime> { TypedValue = time.Start.UtcDateTime },
            new NpgsqlParameter<DateTime> { TypedValue = time.End.UtcDateTime },
            new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() },
            new NpgsqlParameter<Guid> { TypedValue = holdId },
        },
    };

    private static async Task<bool> TakeAsync(BookingDb db, Guid id, Guid resourceId, Interval time, For what, CancellationToken ct)
    {
        // Entity Framework would give the parameters names; the statement counts them.
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = new NpgsqlCommand(TakeStatement, (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction())
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid> { TypedValue = resourceId },
                    new NpgsqlParameter<DateTime> { TypedValue = time.Start.UtcDateTime },
                    new NpgsqlParameter<DateTime> { TypedValue = time.End.UtcDateTime },
                    new NpgsqlParameter<Guid> { TypedValue = id },
                    Of(NpgsqlDbType.Text, what.State),
                    Of(NpgsqlDbType.TimestampTz, what.ExpiresAt?.UtcDateTime),
                    Of(NpgsqlDbType.Uuid, what.HoldId),
                    Of(NpgsqlDbType.Uuid, what.BookingId),
                    new NpgsqlParameter<int> { TypedValue = what.Fence },
                    Of(NpgsqlDbType.Text, what.Reason),
                },
            };
            return await command.ExecuteNonQueryAsync(ct) == 1;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static NpgsqlParameter Of(NpgsqlDbType type, object? value) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
