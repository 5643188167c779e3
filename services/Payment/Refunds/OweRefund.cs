using MedTourism.Payment.Charges;
using MedTourism.Payment.Ledger;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Refunds;

/// <summary>Decides a refund once: its row, its share of the captured money and its ledger entry are one transaction of the caller.</summary>
public static class OweRefund
{
    /// <summary>False if this refund was decided before.</summary>
    /// <exception cref="InvalidOperationException">More would go back than came in.</exception>
    public static async Task<bool> InAsync(
        PaymentDb db, Charge charge, Guid checkoutId, long minor, string currency, string reason, CancellationToken ct, string? providerRefundId = null)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(charge);
        var id = Guid.CreateVersion7();
        var state = providerRefundId is null ? "queued" : "submitted";
        var fresh = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO refunds (id, charge_id, checkout_id, amount_minor, currency, reason, state, idempotency_key, provider_refund_id)
            VALUES ({id}, {charge.Id}, {checkoutId}, {minor}, {currency}, {reason}, {state}, {Refund.KeyOf(id, 1)}, {providerRefundId})
            ON CONFLICT DO NOTHING
            """,
            ct) == 1;
        if (!fresh)
        {
            return false;
        }

        var within = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE checkouts SET refund_committed_minor = refund_committed_minor + {minor}
            WHERE id = {checkoutId} AND currency = {currency} AND refund_committed_minor + {minor} <= captured_minor
            """,
            ct) == 1;
        if (!within)
        {
            throw new InvalidOperationException($"A refund of {minor} {currency} ({reason}) is more than checkout {checkoutId} has left.");
        }

        await db.PostRefundDueAsync(charge, id, minor, currency, ct);
        return true;
    }
}
