using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Holds;

/// <summary>The hash of a further key that opens a hold and the booking made of it, for holds that their holder did not place themselves.</summary>
public sealed class HoldKey
{
    public Guid HoldId { get; init; }

    public required byte[] KeyHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public static async Task AddAsync(BookingDb db, Guid holdId, byte[] hash, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync($"INSERT INTO hold_keys (hold_id, key_hash) VALUES ({holdId}, {hash}) ON CONFLICT DO NOTHING", ct);
    }

    public static async Task<bool> OpensAsync(BookingDb db, Guid holdId, string? key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var hashes = string.IsNullOrEmpty(key) ? [] : await db.HoldKeys.AsNoTracking().Where(x => x.HoldId == holdId).Select(x => x.KeyHash).ToListAsync(ct);
        return hashes.Exists(hash => AccessKey.Opens(key, hash));
    }

    /// <summary>Whoever could open the hold can open its booking.</summary>
    public static async Task PassOnAsync(BookingDb db, Guid holdId, Guid bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO booking_keys (booking_id, key_hash) SELECT {bookingId}, key_hash FROM hold_keys WHERE hold_id = {holdId} ON CONFLICT DO NOTHING", ct);
    }
}
