using MedTourism.Payment.Charges;

namespace MedTourism.Payment.Ledger;

/// <summary>Writes facts into the ledger, in the transaction of the caller; the schema refuses the same fact twice.</summary>
public static class PostEntries
{
    /// <summary>Money arrived at the provider: the deposit, or a surplus if the charge had been paid already.</summary>
    public static Task PostCaptureAsync(this PaymentDb db, Charge charge, string kind, Guid checkoutId, long minor, string currency, CancellationToken ct) =>
        db.PostAsync(charge, kind, checkoutId.ToString(), Accounts.ProviderReceivable, Accounts.DepositsHeld, minor, currency, ct);

    public static Task PostRefundDueAsync(this PaymentDb db, Charge charge, Guid refundId, long minor, string currency, CancellationToken ct) =>
        db.PostAsync(charge, LedgerTransaction.RefundDue, refundId.ToString(), Accounts.DepositsHeld, Accounts.RefundsPayable, minor, currency, ct);

    public static Task PostRefundIssuedAsync(this PaymentDb db, Charge charge, string key, long minor, string currency, CancellationToken ct) =>
        db.PostAsync(charge, LedgerTransaction.RefundIssued, key, Accounts.RefundsPayable, Accounts.ProviderReceivable, minor, currency, ct);

    /// <summary>A refund that had left came back: the debt is open again.</summary>
    public static Task PostRefundFailedAsync(this PaymentDb db, Charge charge, string key, long minor, string currency, CancellationToken ct) =>
        db.PostAsync(charge, LedgerTransaction.RefundFailed, key, Accounts.ProviderReceivable, Accounts.RefundsPayable, minor, currency, ct);

    private static async Task PostAsync(
        this PaymentDb db, Charge charge, string kind, string subject, string debit, string credit, long minor, string currency, CancellationToken ct)
    {
        db.LedgerTransactions.Add(new LedgerTransaction
        {
            Id = Guid.CreateVersion7(),
            ChargeId = charge.Id,
            BookingId = charge.BookingId,
            Kind = kind,
            Subject = subject,
            Entries =
            [
                new LedgerEntry { Account = debit, AmountMinor = minor, Currency = currency },
                new LedgerEntry { Account = credit, AmountMinor = -minor, Currency = currency },
            ],
        });
        await db.SaveChangesAsync(ct);
    }
}
