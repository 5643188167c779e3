using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>The laboratory agrees to the moved steps, exactly those it has seen.</summary>
public static class AcceptCycle
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/cycles/{id:guid}/accept", Handle)
            .RequireOrganisation("clinic", "admin", "scheduler", "doctor").RequireRateLimiting("write").Idempotent<BookingDb>();

    public sealed record Request(int Version);

    private static async Task<Results<Ok<CycleView>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await ShowCycle.BookingOfAsync(db, id, ct) is not { } bookingId || await BookingAccess.FindAsync(db, http, bookingId, ct) is not (_, "clinic"))
        {
            return ShowCycle.Unknown();
        }

        var booking = await db.Bookings.ForUpdateAsync(bookingId, ct);
        var cycle = await Cycle.ForUpdateAsync(db, id, ct);
        if (booking.State != BookingState.Confirmed)
        {
            return Problems.Conflict("not-confirmed", "This booking is not confirmed.");
        }

        if (cycle.Version != request.Version)
        {
            return await CycleRefusals.MovedAsync(db, id, ct);
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE cycle_steps c SET accepted_at = s.starts_at FROM sessions s
            WHERE c.cycle_id = {id} AND c.attempt = {cycle.Attempt} AND s.id = c.session_id AND s.state = 'proposed'
            """,
            ct);
        var agreed = await db.Database.ExecuteSqlAsync(
            $"UPDATE sessions SET state = 'booked', sequence = sequence + 1 WHERE booking_id = {bookingId} AND state = 'proposed'", ct);
        if (agreed > 0)
        {
            await MoveCycle.TellAsync(db, bus, booking, [], "agreed", "clinic", await db.NowAsync(ct), ct);
        }

        return TypedResults.Ok(await CycleView.LoadAsync(db, id, ct));
    }
}
