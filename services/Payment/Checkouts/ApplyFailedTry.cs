using MedTourism.Payment.Charges;
using MedTourism.Payment.Events;
using MedTourism.Payment.Providers;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Checkouts;

/// <summary>Announces a declined card while the page stays open, once per try.</summary>
public sealed class ApplyFailedTry(PaymentDb db, ApplyCheckout checkouts, IPaymentProvider provider)
{
    public async Task<string> RunAsync(ProviderPayment payment, string eventId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(payment);
        if (!Guid.TryParse(payment.Metadata.GetValueOrDefault(MetadataKeys.CheckoutId), out var id)
            || await db.Checkouts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { SessionId: { } session } checkout)
        {
            return "unknown";
        }

        // The page tells whether this try was the last one (a slow method) or the payer may go on.
        var outcome = await checkouts.RunAsync(await provider.GetCheckoutAsync(session, ct), ct);
        if (outcome != "open" || !payment.HasFailed)
        {
            return outcome;
        }

        return await db.InTransactionAsync(
            async () =>
            {
                var charge = await db.LockChargeAsync(checkout.ChargeId, ct);
                if (!await db.IsFirstAsync(payment.PaymentId, $"failed:{payment.FailedCharge ?? eventId}", ct))
                {
                    return "already";
                }

                await checkouts.AnnounceFailureAsync(charge, payment.FailureCode ?? "payment_failed", ct);
                return "declined";
            },
            ct);
    }
}
