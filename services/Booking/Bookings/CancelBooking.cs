using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>Says what cancelling gives back, and cancels for exactly that.</summary>
public static class CancelBooking
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/bookings/{id:guid}/cancellation", HandleQuote).AllowAnonymous().RequireRateLimiting("search");
        app.MapPost("/bookings/{id:guid}/cancel", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();
    }

    public sealed record Request(long ExpectedRefundMinor);

    public sealed record QuoteResponse(Money Refund, int RefundPercent, DateTimeOffset Until, CancellationTerm? Next);

    private static async Task<Results<Ok<QuoteResponse>, ProblemHttpResult>> HandleQuote(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } booking, { } role))
        {
            return BookingAccess.Unknown();
        }

        return booking.State is BookingState.AwaitingDeposit or BookingState.Confirmed
            ? TypedResults.Ok(Describe(booking, booking.Quote(await db.NowAsync(ct), role == "patient" && !await AnswerRepair.IsOwedAsync(db, id, ct))))
            : NotNow(booking);
    }

    private static async Task<Results<Ok<BookingView>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } known, { } role))
        {
            return BookingAccess.Unknown();
        }

        var now = await db.NowAsync(ct);
        if (known is { State: BookingState.AwaitingDeposit, HoldId: { } holdId })
        {
            await ReleaseHold.TryAsync(db, bus, holdId, now, ct);
        }

        var booking = await db.Bookings.ForUpdateAsync(id, ct);
        if (booking.State is not (BookingState.AwaitingDeposit or BookingState.Confirmed))
        {
            return NotNow(booking);
        }

        var quote = booking.Quote(now, role == "patient" && !await AnswerRepair.IsOwedAsync(db, id, ct));
        if (quote.RefundMinor != request.ExpectedRefundMinor)
        {
            return Problems.Conflict("quote-changed", "What cancelling gives back has changed. Look at the new amount first.", new() { ["quote"] = Describe(booking, quote) });
        }

        if (booking.StartsAt <= now && role == "patient")
        {
            return Problems.Conflict("already-started", "The appointment has begun. Talk to the center.");
        }

        booking.Cancel(quote.RefundMinor, role, now);
        await FreedTime.LockAsync(db, booking.CenterId, ct);
        var freed = await GiveBackTime.OfBookingAsync(db, id, ct);
        await BookSessions.CancelAsync(db, null, id, ct);
        await BookPlan.GiveBackAsync(db, booking, now, ct);
        await db.SaveAsync(booking, ct);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == id).OrderBy(x => x.Number).ToListAsync(ct);
        await bus.PublishFor(id, booking.ToCancelled(sessions), ct);
        await FreedTime.NoteAsync(db, bus, booking.CenterId, freed, ct);
        return TypedResults.Ok(await BookingView.LoadAsync(db, id, ct));
    }

    private static QuoteResponse Describe(Booking booking, CancellationQuote quote) =>
        new(new Money(quote.RefundMinor, booking.Currency), quote.RefundPercent, quote.Until, quote.Next);

    private static ProblemHttpResult NotNow(Booking booking) =>
        Problems.Conflict("not-cancellable", $"This booking is {booking.State.Name().Replace('_', ' ')} and cannot be cancelled.");
}
