namespace MedTourism.Payment.Checkouts;

/// <summary>One payment page at the provider: <c>opening</c>, <c>open</c>, <c>processing</c>, then <c>expired</c>, <c>failed</c> or <c>paid</c>. Paid wins over all.</summary>
public sealed class Checkout
{
    public Guid Id { get; init; }

    public Guid ChargeId { get; init; }

    public int Fence { get; init; }

    public long AmountMinor { get; init; }

    public required string Currency { get; init; }

    public required string IdempotencyKey { get; init; }

    public required string SuccessUrl { get; init; }

    public required string CancelUrl { get; init; }

    public required string Locale { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public required string State { get; init; }

    public bool Wanted { get; init; }

    public string? SessionId { get; init; }

    public string? Url { get; init; }

    public string? PaymentId { get; init; }

    public long CapturedMinor { get; init; }

    public long RefundCommittedMinor { get; init; }

    public long RefundedMinor { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
