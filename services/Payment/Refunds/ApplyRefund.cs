using MassTransit;
using MedTourism.Contracts.Payment;
using MedTourism.Payment.Charges;
using MedTourism.Payment.Events;
using MedTourism.Payment.Ledger;
using MedTourism.Payment.Providers;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Refunds;

/// <summary>Brings a refund to the state fetched from the provider, each step once. A refund that succeeded may still fail; failed is final.</summary>
public sealed class ApplyRefund(PaymentDb db, IPublishEndpoint bus, TimeProvider clock, ILogger<ApplyRefund> log)
{
    public async Task<string> RunAsync(ProviderRefund seen, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return await db.InTransactionAsync(
            async () =>
            {
                if (await db.Checkouts.AsNoTracking().SingleOrDefaultAsync(row => row.PaymentId == seen.PaymentId, ct) is not { } checkout)
                {
                    return "unknown";
                }

                var charge = await db.LockChargeAsync(checkout.ChargeId, ct);
                var refund = await FindAsync(seen, ct) ?? await AdoptAsync(charge, checkout.Id, seen, ct);
                if (refund is null)
                {
                    return "stale";
                }

                if (refund.AmountMinor != seen.AmountMinor || refund.Currency != seen.Currency || refund.CheckoutId != checkout.Id)
                {
                    log.LogError("Refund {RefundId} is not what we asked for", refund.Id);
                    return "mismatch";
                }

                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE refunds SET provider_refund_id = {seen.RefundId}, state = CASE state WHEN 'queued' THEN 'submitted' ELSE state END
                    WHERE id = {refund.Id} AND provider_refund_id IS NULL
                    """,
                    ct);
                return seen.Status switch
                {
                    RefundStatus.Succeeded => await SucceedAsync(charge, refund, seen.RefundId, ct),
                    RefundStatus.Failed => await FailAsync(charge, refund, seen.RefundId, seen.FailureReason ?? "failed", ct),
                    _ => "pending",
                };
            },
            ct);
    }

    /// <summary>The provider will not do it at all.</summary>
    public Task RefuseAsync(Refund refund, string reason, CancellationToken ct) =>
        db.InTransactionAsync(
            async () =>
            {
                ArgumentNullException.ThrowIfNull(refund);
                var charge = await db.LockChargeAsync(refund.ChargeId, ct);
                await FailAsync(charge, refund, refund.IdempotencyKey, reason, ct);
            },
            ct);

    /// <summary>By the provider's id, else by ours with the key of this try: news of an earlier try is no news of this one.</summary>
    private async Task<Refund?> FindAsync(ProviderRefund seen, CancellationToken ct)
    {
        var key = seen.Metadata.GetValueOrDefault(MetadataKeys.RefundKey);
        return await db.Refunds.AsNoTracking().SingleOrDefaultAsync(row => row.ProviderRefundId == seen.RefundId, ct)
            ?? await db.Refunds.AsNoTracking().SingleOrDefaultAsync(row => row.IdempotencyKey == key && row.ProviderRefundId == null, ct);
    }

    /// <summary>A refund made by hand in the provider's dashboard belongs in the books too.</summary>
    private async Task<Refund?> AdoptAsync(Charge charge, Guid checkoutId, ProviderRefund seen, CancellationToken ct)
    {
        if (seen.Metadata.ContainsKey(MetadataKeys.RefundId) || seen.Status == RefundStatus.Failed)
        {
            return null;
        }

        await OweRefund.InAsync(db, charge, checkoutId, seen.AmountMinor, seen.Currency, Refund.External, ct, seen.RefundId);
        log.LogWarning("A refund of booking {BookingId} was made outside of this system", charge.BookingId);
        return await db.Refunds.AsNoTracking().SingleOrDefaultAsync(row => row.ProviderRefundId == seen.RefundId, ct);
    }

    private async Task<string> SucceedAsync(Charge charge, Refund refund, string providerId, CancellationToken ct)
    {
        var issuedAt = clock.GetUtcNow();
        var moved = await db.Database.ExecuteSqlAsync(
            $"UPDATE refunds SET state = 'succeeded', issued_at = {issuedAt} WHERE id = {refund.Id} AND state IN ('queued', 'submitted')", ct) == 1;
        if (!moved || !await db.IsFirstAsync(providerId, "succeeded", ct))
        {
            return "already";
        }

        await db.Database.ExecuteSqlAsync($"UPDATE checkouts SET refunded_minor = refunded_minor + {refund.AmountMinor} WHERE id = {refund.CheckoutId}", ct);
        await db.PostRefundIssuedAsync(charge, refund.IdempotencyKey, refund.AmountMinor, refund.Currency, ct);
        if (refund.IsAnnounced)
        {
            await bus.PublishFor(
                charge.BookingId, new RefundIssued(charge.BookingId, refund.Id, refund.AmountMinor, refund.Currency, refund.Reason, issuedAt), ct);
            await db.SaveChangesAsync(ct);
        }

        log.LogInformation("Refund {RefundId} of booking {BookingId} is issued", refund.Id, charge.BookingId);
        return "succeeded";
    }

    private async Task<string> FailAsync(Charge charge, Refund refund, string providerId, string reason, CancellationToken ct)
    {
        var moved = await db.Database.ExecuteSqlAsync(
            $"UPDATE refunds SET state = 'failed', failure = {reason} WHERE id = {refund.Id} AND state <> 'failed'", ct) == 1;
        if (!moved || !await db.IsFirstAsync(providerId, "failed", ct))
        {
            return "already";
        }

        // The row was locked through its charge, so its earlier state tells whether the money had left.
        if (await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE checkouts SET refunded_minor = refunded_minor - {refund.AmountMinor}
            WHERE id = {refund.CheckoutId} AND EXISTS (SELECT FROM refunds WHERE id = {refund.Id} AND issued_at IS NOT NULL)
            """,
            ct) == 1)
        {
            await db.PostRefundFailedAsync(charge, refund.IdempotencyKey, refund.AmountMinor, refund.Currency, ct);
        }

        if (refund.IsAnnounced)
        {
            await bus.PublishFor(
                charge.BookingId, new RefundFailed(charge.BookingId, refund.Id, refund.AmountMinor, refund.Currency, reason, clock.GetUtcNow()), ct);
            await db.SaveChangesAsync(ct);
        }

        log.LogError("Refund {RefundId} of booking {BookingId} failed: {Reason}", refund.Id, charge.BookingId, reason);
        return "failed";
    }
}
