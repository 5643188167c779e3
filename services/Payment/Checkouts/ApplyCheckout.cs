using MassTransit;
using MedTourism.Contracts.Payment;
using MedTourism.Payment.Charges;
using MedTourism.Payment.Events;
using MedTourism.Payment.Ledger;
using MedTourism.Payment.Providers;
using MedTourism.Payment.Refunds;
using MedTourism.Payment.Stripe;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Checkouts;

/// <summary>
/// Brings a checkout to the state that was fetched from the provider. Steps only go forward and each is taken once, so it does not matter how
/// often, in which order or by how many at once it is called.
/// </summary>
public sealed class ApplyCheckout(PaymentDb db, IPublishEndpoint bus, StripeOptions mode, TimeProvider clock, ILogger<ApplyCheckout> log)
{
    /// <summary>Returns what happened, in a word.</summary>
    public async Task<string> RunAsync(ProviderCheckout seen, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return await db.InTransactionAsync(
            async () =>
            {
                if (await FindAsync(seen, ct) is not { } found)
                {
                    return "unknown";
                }

                var charge = await db.LockChargeAsync(found.ChargeId, ct);
                if (Differences(seen, charge, found) is { Count: > 0 } differences)
                {
                    log.LogError("Session of checkout {CheckoutId} is not what we asked for: {Differences}", found.Id, string.Join(", ", differences));
                    return "mismatch: " + string.Join(", ", differences);
                }

                // A crash after the provider answered left no session id; the metadata told us which checkout it is.
                if (await db.Database.ExecuteSqlAsync(
                    $"UPDATE checkouts SET state = 'open', session_id = {seen.SessionId}, url = {seen.Url} WHERE id = {found.Id} AND session_id IS NULL", ct) == 1)
                {
                    await bus.PublishFor(charge.BookingId, new CheckoutOpened(charge.BookingId, charge.Id, found.ExpiresAt, found.CreatedAt), ct);
                    await db.SaveChangesAsync(ct);
                }

                return seen.Status switch
                {
                    CheckoutStatus.Paid => await PayAsync(charge, found, seen, ct),
                    CheckoutStatus.Processing => await MoveAsync(found, seen, "processing", ["opening", "open"], ct) ? "processing" : "already",
                    CheckoutStatus.Expired => await MoveAsync(found, seen, "expired", ["opening", "open"], ct) ? "expired" : "already",
                    CheckoutStatus.Failed => await FailAsync(charge, found, seen, ct),
                    _ => "open",
                };
            },
            ct);
    }

    private async Task<Checkout?> FindAsync(ProviderCheckout seen, CancellationToken ct)
    {
        var known = await db.Checkouts.AsNoTracking().SingleOrDefaultAsync(row => row.SessionId == seen.SessionId, ct);
        return known is null && Guid.TryParse(seen.Metadata.GetValueOrDefault(MetadataKeys.CheckoutId), out var id)
            ? await db.Checkouts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.SessionId == null, ct)
            : known;
    }

    private List<string> Differences(ProviderCheckout seen, Charge charge, Checkout checkout)
    {
        var checks = new (string Name, bool Same)[]
        {
            ("mode", seen.Live == mode.Live),
            ("amount", seen.AmountMinor == checkout.AmountMinor),
            ("currency", seen.Currency == checkout.Currency),
            ("booking", seen.BookingId == charge.BookingId.ToString()),
            ("checkout", seen.Metadata.GetValueOrDefault(MetadataKeys.CheckoutId) == checkout.Id.ToString()),
            ("charge", seen.Metadata.GetValueOrDefault(MetadataKeys.ChargeId) == charge.Id.ToString()),
        };
        return [.. checks.Where(check => !check.Same).Select(check => check.Name)];
    }

    private async Task<string> PayAsync(Charge charge, Checkout checkout, ProviderCheckout seen, CancellationToken ct)
    {
        var captured = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE checkouts SET state = 'paid', captured_minor = amount_minor, payment_id = {seen.PaymentId}
            WHERE id = {checkout.Id} AND state <> 'paid'
            """,
            ct);
        if (captured == 0 || !await db.IsFirstAsync(seen.SessionId, "paid", ct))
        {
            return "already";
        }

        var paidAt = clock.GetUtcNow();
        var first = await db.Database.ExecuteSqlAsync(
            $"UPDATE charges SET paid_checkout_id = {checkout.Id}, paid_at = {paidAt} WHERE id = {charge.Id} AND paid_checkout_id IS NULL", ct) == 1;
        if (!first)
        {
            // Paid twice, on two pages: the second payment goes back by itself.
            await db.PostCaptureAsync(charge, LedgerTransaction.Surplus, checkout.Id, checkout.AmountMinor, checkout.Currency, ct);
            await OweRefund.InAsync(db, charge, checkout.Id, checkout.AmountMinor, checkout.Currency, Refund.Duplicate, ct);
            log.LogWarning("Booking {BookingId} was paid twice; checkout {CheckoutId} is refunded", charge.BookingId, checkout.Id);
            return "surplus";
        }

        await db.PostCaptureAsync(charge, LedgerTransaction.Deposit, checkout.Id, checkout.AmountMinor, checkout.Currency, ct);
        // Other pages of this charge must not take money any more.
        await db.Database.ExecuteSqlAsync(
            $"UPDATE checkouts SET wanted = false, next_check_at = now() WHERE charge_id = {charge.Id} AND id <> {checkout.Id} AND state IN ('opening', 'open')", ct);
        await bus.PublishFor(
            charge.BookingId, new DepositPaid(charge.BookingId, charge.Id, checkout.AmountMinor, checkout.Currency, checkout.Fence, paidAt), ct);
        await db.SaveChangesAsync(ct);
        log.LogInformation("Deposit of booking {BookingId} is paid", charge.BookingId);
        return "paid";
    }

    private async Task<string> FailAsync(Charge charge, Checkout checkout, ProviderCheckout seen, CancellationToken ct)
    {
        if (!await MoveAsync(checkout, seen, "failed", ["opening", "open", "processing"], ct))
        {
            return "already";
        }

        await AnnounceFailureAsync(charge, seen.FailureCode ?? "payment_failed", ct);
        return "failed";
    }

    internal async Task AnnounceFailureAsync(Charge charge, string reason, CancellationToken ct)
    {
        var failedAt = clock.GetUtcNow();
        var unpaid = await db.Database.ExecuteSqlAsync(
            $"UPDATE charges SET last_failure = {reason}, last_failed_at = {failedAt} WHERE id = {charge.Id} AND paid_checkout_id IS NULL", ct) == 1;
        if (unpaid)
        {
            await bus.PublishFor(charge.BookingId, new PaymentFailed(charge.BookingId, charge.Id, reason, failedAt), ct);
            await db.SaveChangesAsync(ct);
            log.LogInformation("A try to pay booking {BookingId} failed: {Reason}", charge.BookingId, reason);
        }
    }

    private async Task<bool> MoveAsync(Checkout checkout, ProviderCheckout seen, string to, string[] from, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"UPDATE checkouts SET state = {to}, payment_id = coalesce(payment_id, {seen.PaymentId}) WHERE id = {checkout.Id} AND state = ANY ({from})", ct) == 1;
}
