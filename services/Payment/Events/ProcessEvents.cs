using MedTourism.Payment.Checkouts;
using MedTourism.Payment.Providers;
using MedTourism.Payment.Refunds;
using MedTourism.Payment.Workers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Events;

/// <summary>Acts on stored events: fetches what each one is about and applies that. What fails is tried again, so a crash loses nothing.</summary>
public sealed class ProcessEvents(
    PaymentDb db, IPaymentProvider provider, ApplyCheckout checkouts, ApplyFailedTry failedTries, ApplyRefund refunds, ILogger<ProcessEvents> log) : IPass
{
    private const int Batch = 20;

    public async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var claimed = await db.ProviderEvents.FromSql(
            $"""
            UPDATE provider_events SET attempts = attempts + 1, next_try_at = now() + interval '5 minutes'
            WHERE id IN (SELECT id FROM provider_events
                         WHERE processed_at IS NULL AND next_try_at <= now()
                         ORDER BY received_at LIMIT {Batch} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        foreach (var hint in claimed.OrderBy(row => row.ReceivedAt))
        {
            await HandleAsync(hint, ct);
        }

        return claimed.Count == Batch;
    }

    private async Task HandleAsync(ProviderEvent hint, CancellationToken ct)
    {
        string outcome;
        try
        {
            outcome = await ActAsync(hint, ct);
        }
        catch (ProviderRefusedException refused) when (refused.Status == StatusCodes.Status404NotFound)
        {
            outcome = "not found";
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "Event {EventId} ({Type}) is tried again", hint.Id, hint.Type);
            db.ChangeTracker.Clear();
            var pause = TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, Math.Min(hint.Attempts, 12))));
            await db.Database.ExecuteSqlAsync(
                $"UPDATE provider_events SET next_try_at = now() + {pause}, outcome = {"failed: " + exception.GetType().Name} WHERE id = {hint.Id}", ct);
            return;
        }

        await db.Database.ExecuteSqlAsync($"UPDATE provider_events SET processed_at = now(), outcome = {outcome} WHERE id = {hint.Id}", ct);
    }

    private async Task<string> ActAsync(ProviderEvent hint, CancellationToken ct)
    {
        switch (hint.Type)
        {
            case "checkout.session.completed" or "checkout.session.async_payment_succeeded" or "checkout.session.async_payment_failed" or "checkout.session.expired":
                return await checkouts.RunAsync(await provider.GetCheckoutAsync(hint.ObjectId, ct), ct);
            case "payment_intent.payment_failed" or "payment_intent.succeeded":
                return await failedTries.RunAsync(await provider.GetPaymentAsync(hint.ObjectId, ct), hint.Id, ct);
            case "refund.created" or "refund.updated" or "refund.failed":
                return await refunds.RunAsync(await provider.GetRefundAsync(hint.ObjectId, ct), ct);
            case "charge.refunded":
                return await RefundsOfChargeAsync(hint.ObjectId, ct);
            default:
                return "ignored";
        }
    }

    private async Task<string> RefundsOfChargeAsync(string chargeId, CancellationToken ct)
    {
        if (await provider.FindPaymentOfChargeAsync(chargeId, ct) is not { } payment)
        {
            return "unknown";
        }

        var outcomes = new List<string>();
        foreach (var refund in await provider.ListRefundsAsync(payment, ct))
        {
            outcomes.Add(await refunds.RunAsync(refund, ct));
        }

        return string.Join(", ", outcomes);
    }
}
