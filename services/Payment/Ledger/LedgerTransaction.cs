namespace MedTourism.Payment.Ledger;

/// <summary>One fact about money, as postings that sum to zero. Positive is debit, negative is credit.</summary>
public sealed class LedgerTransaction
{
    public const string Deposit = "deposit";
    public const string Surplus = "surplus";
    public const string RefundDue = "refund-due";
    public const string RefundIssued = "refund-issued";
    public const string RefundFailed = "refund-failed";

    public Guid Id { get; init; }

    public Guid ChargeId { get; init; }

    public Guid BookingId { get; init; }

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public List<LedgerEntry> Entries { get; init; } = [];
}

public sealed class LedgerEntry
{
    public long Id { get; init; }

    public Guid TransactionId { get; init; }

    public required string Account { get; init; }

    public long AmountMinor { get; init; }

    public required string Currency { get; init; }
}

public static class Accounts
{
    /// <summary>What the provider holds for us.</summary>
    public const string ProviderReceivable = "provider-receivable";

    /// <summary>Deposits we owe to the clinic or back to the patient.</summary>
    public const string DepositsHeld = "deposits-held";

    /// <summary>Refunds decided and not yet carried out.</summary>
    public const string RefundsPayable = "refunds-payable";
}
