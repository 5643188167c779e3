using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Feeds;

/// <summary>
/// A calendar to subscribe to, of exactly one thing: a booking, all bookings of an account, or a center's resource. Its address is the secret that opens
/// it; only the hash of that is kept, so nobody can tell it a second time.
/// </summary>
public sealed class Feed
{
    public Guid Id { get; init; }

    public required byte[] TokenHash { get; init; }

    public Guid? BookingId { get; init; }

    public string? PatientSubject { get; init; }

    public Guid? ResourceId { get; init; }

    /// <summary>Its titles name neither treatment nor center.</summary>
    public bool NeutralTitle { get; init; }

    public required string Culture { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a calendar program asked for it last, within an hour.</summary>
    public DateTimeOffset? LastReadAt { get; init; }

    /// <summary>Gives a new address to what is named; the one before ends with the same statement.</summary>
    public static async Task<Feed> OpenAsync(
        BookingDb db, byte[] tokenHash, Guid? bookingId, string? subject, Guid? resourceId, bool neutral, string culture, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);

        // Another row, not a changed one: the old address's id and its reading time end with it.
        await RevokeAsync(db, bookingId, subject, resourceId, ct);
        return (await db.Feeds.FromSql(
            $"""
            INSERT INTO feeds (id, token_hash, booking_id, patient_subject, resource_id, neutral_title, culture)
            VALUES ({Guid.CreateVersion7()}, {tokenHash}, {bookingId}, {subject}, {resourceId}, {neutral}, {culture})
            RETURNING *
            """).AsNoTracking().ToListAsync(ct)).Single();
    }

    /// <returns>How many addresses ended: one or none.</returns>
    public static Task<int> RevokeAsync(BookingDb db, Guid? bookingId, string? subject, Guid? resourceId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync(
            $"DELETE FROM feeds WHERE booking_id = {bookingId} OR patient_subject = {subject} OR resource_id = {resourceId}", ct);
    }
}
