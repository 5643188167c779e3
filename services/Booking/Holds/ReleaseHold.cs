using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
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

        await db.InTransactionAsync(async () => await WithBookingAsync(db, bus, id, await db.NowAsync(ct), ct), ct);
        return known.State == Hold.Used
            ? Problems.Conflict("already-confirmed", "This time is already booked. Cancel the booking instead.")
            : TypedResults.NoContent();
    }

    /// <summary>Releases a hold that has not ended yet and cancels the booking that waited for its deposit; null if it had.</summary>
    public static async Task<Hold?> WithBookingAsync(BookingDb db, IPublishEndpoint bus, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var hold = await TryAsync(db, bus, id, now, ct);
        if (hold is { BookingId: { } bookingId })
        {
            var booking = await db.Bookings.ForUpdateAsync(bookingId, ct);
            if (booking.Cancel(0, "patient", now))
            {
                await db.SaveAsync(booking, ct);
                await bus.PublishFor(bookingId, booking.ToCancelled(), ct);
            }
        }

        return hold;
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

        await FreedTime.LockAsync(db, hold.CenterId, ct);
        var freed = await GiveBackTime.OfHoldAsync(db, id, ct);
        await BookSessions.CancelAsync(db, id, null, ct);
        await bus.PublishFor(hold.BookingId ?? hold.Id, new HoldReleased(hold.Id, hold.BookingId, hold.OfferId, hold.CenterId, hold.StartsAt, now), ct);
        await FreedTime.NoteAsync(db, bus, hold.CenterId, [.. freed, .. await PassOn.EndedAsync(db, bus, hold, lapsed: false, now, ct)], ct);
        return hold;
    }
}
