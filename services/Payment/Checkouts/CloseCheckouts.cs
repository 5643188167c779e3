using MedTourism.Payment.Providers;
using MedTourism.Payment.Workers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Checkouts;

/// <summary>
/// Keeps checkouts true without webhooks: closes pages nobody wants any more, finishes openings that a crash cut off, and looks once a minute
/// at every page that is open. A page that turns out complete counts as paid.
/// </summary>
public sealed class CloseCheckouts(PaymentDb db, IPaymentProvider provider, ApplyCheckout apply, OpenCheckout openings, PassInterval interval, ILogger<CloseCheckouts> log)
    : IPass
{
    private const int Batch = 20;

    public async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        // The claim is a lease: whoever dies with it is followed by another a few minutes later.
        var claimed = await db.Checkouts.FromSql(
            $"""
            UPDATE checkouts SET next_check_at = now() + interval '5 minutes'
            WHERE id IN (SELECT id FROM checkouts
                         WHERE state IN ('opening', 'open', 'processing') AND next_check_at <= now()
                         ORDER BY next_check_at LIMIT {Batch} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        foreach (var checkout in claimed)
        {
            await HandleAsync(checkout, ct);
        }

        return claimed.Count == Batch;
    }

    private async Task HandleAsync(Checkout checkout, CancellationToken ct)
    {
        try
        {
            var seen = await SeeAsync(checkout, ct);
            if (seen is not null)
            {
                await apply.RunAsync(seen, ct);
            }
        }
        catch (ProviderUnavailableException exception)
        {
            log.LogWarning("Checkout {CheckoutId} could not be looked at: {Reason}", checkout.Id, exception.Message);
        }
        catch (ProviderRefusedException refused)
        {
            log.LogError("Checkout {CheckoutId} cannot be looked at: {Reason}", checkout.Id, refused.Message);
        }

        // Only moves the next look forward from the lease; a wish to close that came meanwhile has set it to now already.
        await db.Database.ExecuteSqlAsync(
            $"UPDATE checkouts SET next_check_at = now() + {interval.Reconcile} WHERE id = {checkout.Id} AND next_check_at > now() + interval '2 minutes'", ct);
    }

    private async Task<ProviderCheckout?> SeeAsync(Checkout checkout, CancellationToken ct)
    {
        if (checkout.SessionId is null)
        {
            return await FinishOpeningAsync(checkout, ct);
        }

        return checkout is { Wanted: false, State: "open" }
            ? await provider.CloseCheckoutAsync(checkout.SessionId, ct)
            : await provider.GetCheckoutAsync(checkout.SessionId, ct);
    }

    /// <summary>The same call under the same key: it tells what the first one did, or does it now.</summary>
    private async Task<ProviderCheckout?> FinishOpeningAsync(Checkout checkout, CancellationToken ct)
    {
        var charge = await db.Charges.AsNoTracking().SingleAsync(row => row.Id == checkout.ChargeId, ct);
        try
        {
            var seen = await provider.OpenCheckoutAsync(OpenCheckout.OrderOf(charge, checkout), checkout.IdempotencyKey, ct);
            await openings.RecordAsync(charge, checkout, seen, ct);
            return checkout.Wanted ? seen : await provider.CloseCheckoutAsync(seen.SessionId, ct);
        }
        catch (ProviderRefusedException)
        {
            await EndAsync(checkout, "failed", ct);
            return null;
        }
        catch (ProviderUnavailableException)
        {
            // Past its time the page, if there is one, takes no money; if it had, its webhook names this checkout.
            await EndAsync(checkout, "expired", ct);
            throw;
        }
    }

    private Task<int> EndAsync(Checkout checkout, string state, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE checkouts SET state = {state}, wanted = false
            WHERE id = {checkout.Id} AND state = 'opening' AND ({state} = 'failed' OR expires_at < now())
            """,
            ct);
}
