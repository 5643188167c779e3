using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Holds;

/// <summary>Lets go of a held time. A booking that waits for its deposit ends with it.</summary>
public static class ReleaseHold
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapDelete("/holds/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("write");

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, [FromHeader(Name = AccessKey.Header)] string? key, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await ShowHold.FindAsync(db, id, key, ct) is not { } known)
        {
            return ShowHold.Unknown();
        }

        await db.InTransactionAsync(
            async () =>
            {
                var now = await db.NowAsync(ct);
                if (await TryAsync(db, bus, id, now, ct) is { BookingId: { } bookingId })
                {
                    var booking = await db.Bookings.ForUpdateAsync(bookingId, ct);
                    if (booking.Cancel(0, "patient", now))
                    {
                        await db.SaveAsync(booking, ct);
                        await bus.PublishFor(bookingId, booking.ToCancelled(), ct);
                    }
                }
            },
            ct);
        return known.State == Hold.Used
            ? Problems.Conflict("already-confirmed", "This time is already booked. Cancel the booking instead.")
            : TypedResults.NoContent();
    }

    /// <summary>Frees the time of a hold that has not ended yet; null if it had.</summary>
    public static async Task<Hold?> TryAsync(BookingDb db, IPublishEndpoint bus, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var released = await db.Holds.FromSql(
            $"UPDATE holds SET state = 'released', holder = NULL WHERE id = {id} AND state = 'held' RETURNING *").AsNoTracking().ToListAsync(ct);
        if (released is not [var hold])
        {
            return null;
        }

        // In the takers' order, because one of them may be clearing the same rows as stale.
        await db.Database.ExecuteSqlAsync(
            $"DELETE FROM allocations WHERE id IN (SELECT id FROM allocations WHERE hold_id = {id} AND state = 'held' ORDER BY resource_id, starts_at FOR UPDATE)", ct);
        await BookSessions.CancelAsync(db, id, null, ct);
        await bus.PublishFor(hold.BookingId ?? hold.Id, new HoldReleased(hold.Id, hold.BookingId, hold.OfferId, hold.CenterId, hold.StartsAt, now), ct);
        return hold;
    }
}
