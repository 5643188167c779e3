using MedTourism.Payment.Charges;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Refunds;

/// <summary>Lets the operator send a failed refund again, as a new try under a new key; the debt was open all the while.</summary>
public static class RetryRefund
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/operator/refunds", List).RequireOrganisation("operator");
        app.MapPost("/operator/refunds/{id:guid}/retry", Handle).RequireOrganisation("operator");
    }

    public sealed record Item(Guid Id, Guid BookingId, string Reference, long AmountMinor, string Currency, string Reason, string State, string? Failure, int Try, DateTimeOffset CreatedAt);

    private static async Task<Ok<List<Item>>> List(PaymentDb db, CancellationToken ct, string? state = null) =>
        TypedResults.Ok(await db.Refunds.AsNoTracking()
            .Where(refund => state == null || refund.State == state)
            .OrderByDescending(refund => refund.CreatedAt).Take(200)
            .Join(db.Charges, refund => refund.ChargeId, charge => charge.Id, (refund, charge) => new Item(
                refund.Id, charge.BookingId, charge.Reference, refund.AmountMinor, refund.Currency, refund.Reason, refund.State, refund.Failure, refund.Try, refund.CreatedAt))
            .ToListAsync(ct));

    private static async Task<Results<Accepted, ProblemHttpResult>> Handle(Guid id, PaymentDb db, CancellationToken ct) =>
        await db.InTransactionAsync<Results<Accepted, ProblemHttpResult>>(
            async () =>
            {
                if (await db.Refunds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } refund)
                {
                    return Problems.NotFound("refund-unknown", "There is no such refund.");
                }

                await db.LockChargeAsync(refund.ChargeId, ct);
                var queued = await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE refunds SET state = 'queued', try = try + 1, idempotency_key = 'refund:' || id || ':v' || (try + 1), provider_refund_id = NULL,
                        failure = NULL, issued_at = NULL, first_called_at = NULL, attempts = 0, next_check_at = now()
                    WHERE id = {id} AND state = 'failed' AND reason <> 'external'
                    """,
                    ct) == 1;
                return queued ? TypedResults.Accepted((string?)null) : Problems.Conflict("refund-not-failed", "Only a failed refund can be sent again.");
            },
            ct);
}
