using MedTourism.Payment.Money;
using MedTourism.Payment.Providers;
using MedTourism.Payment.Workers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Refunds;

/// <summary>Carries out the refunds that are owed and follows those that take time, outside of any transaction, each under its stored key.</summary>
public sealed class SendRefunds(PaymentDb db, IPaymentProvider provider, ApplyRefund apply, PassInterval interval, ILogger<SendRefunds> log) : IPass
{
    private const int Batch = 10;

    // The provider forgets keys after a day; a call of unknown outcome is searched for before it is made under a new one.
    private static readonly TimeSpan KeyIsSafeFor = TimeSpan.FromHours(23);

    public async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var claimed = await db.Refunds.FromSql(
            $"""
            UPDATE refunds SET next_check_at = now() + interval '5 minutes', attempts = attempts + 1, first_called_at = coalesce(first_called_at, now())
            WHERE id IN (SELECT id FROM refunds
                         WHERE state IN ('queued', 'submitted') AND next_check_at <= now()
                         ORDER BY next_check_at LIMIT {Batch} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        foreach (var refund in claimed)
        {
            await HandleAsync(refund, ct);
        }

        return claimed.Count == Batch;
    }

    private async Task HandleAsync(Refund refund, CancellationToken ct)
    {
        try
        {
            var seen = refund.ProviderRefundId is { } id ? await provider.GetRefundAsync(id, ct) : await SendAsync(refund, ct);
            if (seen is not null)
            {
                await apply.RunAsync(seen, ct);
            }

            await LookAgainAsync(refund, interval.Reconcile, ct);
        }
        catch (ProviderUnavailableException exception)
        {
            log.LogWarning("Refund {RefundId} is tried again later: {Reason}", refund.Id, exception.Message);
            await LookAgainAsync(refund, TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(refund.Attempts, 10)))), ct);
        }
        catch (ProviderRefusedException refused) when (refund.ProviderRefundId is null)
        {
            await apply.RefuseAsync(refund, refused.Code ?? refused.Type ?? "refused", ct);
        }
        catch (AmountNotPayableException exception)
        {
            log.LogError("Refund {RefundId}: {Reason}", refund.Id, exception.Message);
            await apply.RefuseAsync(refund, "amount_not_payable", ct);
        }
    }

    private async Task<ProviderRefund?> SendAsync(Refund refund, CancellationToken ct)
    {
        var known = await db.Checkouts.AsNoTracking().Where(row => row.Id == refund.CheckoutId)
            .Join(db.Charges, checkout => checkout.ChargeId, charge => charge.Id, (checkout, charge) => new { checkout.PaymentId, charge.BookingId })
            .SingleAsync(ct);
        var fresh = await db.Database.SqlQuery<bool>(
            $"""SELECT first_called_at > now() - {KeyIsSafeFor} AS "Value" FROM refunds WHERE id = {refund.Id}""").SingleAsync(ct);
        if (!fresh)
        {
            return await SearchAsync(refund, known.PaymentId!, ct);
        }

        var order = new RefundOrder(refund.Id, known.BookingId, known.PaymentId!, refund.AmountMinor, refund.Currency, refund.IdempotencyKey);
        return await provider.RefundAsync(order, refund.IdempotencyKey, ct);
    }

    private async Task<ProviderRefund?> SearchAsync(Refund refund, string paymentId, CancellationToken ct)
    {
        var made = (await provider.ListRefundsAsync(paymentId, ct))
            .FirstOrDefault(seen => seen.Metadata.GetValueOrDefault(MetadataKeys.RefundKey) == refund.IdempotencyKey);
        if (made is null)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE refunds SET try = try + 1, idempotency_key = {Refund.KeyOf(refund.Id, refund.Try + 1)}, first_called_at = NULL
                WHERE id = {refund.Id} AND try = {refund.Try} AND state = 'queued'
                """,
                ct);
        }

        return made;
    }

    private Task<int> LookAgainAsync(Refund refund, TimeSpan after, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"UPDATE refunds SET next_check_at = now() + {after} WHERE id = {refund.Id} AND state IN ('queued', 'submitted')", ct);
}
