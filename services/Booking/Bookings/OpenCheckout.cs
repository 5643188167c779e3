using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Bookings;

/// <summary>Lengthens the hold for the time the payment page may take. Called right before Payment opens that page.</summary>
public static class OpenCheckout
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/bookings/{id:guid}/checkout", Handle).AllowAnonymous().RequireRateLimiting("write");

    public sealed record Response(Guid BookingId, DateTimeOffset HoldExpiresAt, Money DepositDue);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } booking, "patient"))
        {
            return BookingAccess.Unknown();
        }

        if (booking is { HoldId: { } holdId, State: BookingState.AwaitingDeposit })
        {
            var lengthened = await db.InTransactionAsync(() => LengthenHold.ForCheckoutAsync(db, bus, holdId, options.Value, ct), ct);
            var hold = await db.Holds.AsNoTracking().SingleAsync(x => x.Id == holdId, ct);
            if (lengthened)
            {
                return TypedResults.Ok(new Response(id, hold.ExpiresAt, new Money(booking.DepositMinor, booking.Currency)));
            }

            if (hold.IsLive(await db.NowAsync(ct)))
            {
                return Problems.Conflict("too-many-checkouts", "The payment page was opened too often for this booking.");
            }
        }

        return booking.State == BookingState.Confirmed
            ? Problems.Conflict("already-confirmed", "The deposit is paid; this booking is confirmed.")
            : Problems.Gone("hold-expired", "The time is no longer held. Choose a time again.");
    }
}
