using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Charges;

/// <summary>Tells how the payment of a booking stands, for the page the patient comes back to.</summary>
public static class SeePayment
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/payments/{bookingId:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");

    public sealed record Money(long AmountMinor, string Currency);

    /// <summary><c>status</c> is <c>due</c>, <c>open</c>, <c>paid</c>, <c>failed</c> or <c>refunded</c>.</summary>
    public sealed record Response(string Status, Money Amount, Money Refunded);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid bookingId, PaymentDb db, CancellationToken ct)
    {
        var charge = await db.Charges.AsNoTracking().SingleOrDefaultAsync(row => row.BookingId == bookingId, ct);
        if (charge is null)
        {
            return Problems.NotFound("payment-unknown", "No deposit is known for this booking yet.");
        }

        var checkouts = await db.Checkouts.AsNoTracking().Where(row => row.ChargeId == charge.Id).ToListAsync(ct);
        // Money that arrived twice is returned by itself and is no part of what the patient paid for the booking.
        var paid = checkouts.SingleOrDefault(row => row.Id == charge.PaidCheckoutId);
        var refunded = paid?.RefundedMinor ?? 0;
        var status = paid switch
        {
            not null when refunded == paid.CapturedMinor => "refunded",
            not null => "paid",
            _ when checkouts.Exists(row => row is { Wanted: true, State: "open" or "opening" or "processing" }) => "open",
            _ => charge.LastFailure is null ? "due" : "failed",
        };
        var amount = paid?.CapturedMinor ?? charge.AmountMinor;
        return TypedResults.Ok(new Response(status, new Money(amount, charge.Currency), new Money(refunded, charge.Currency)));
    }
}
