namespace MedTourism.Payment.Refunds;

/// <summary>Money owed back: <c>queued</c>, <c>submitted</c>, <c>succeeded</c>, or <c>failed</c>, which even a succeeded one may become.</summary>
public sealed class Refund
{
    public const string Cancelled = "cancelled";
    public const string Unplaceable = "unplaceable";
    public const string Duplicate = "duplicate";
    public const string External = "external";

    public Guid Id { get; init; }

    public Guid ChargeId { get; init; }

    public Guid CheckoutId { get; init; }

    public long AmountMinor { get; init; }

    public required string Currency { get; init; }

    public required string Reason { get; init; }

    public required string State { get; init; }

    public int Try { get; init; }

    public required string IdempotencyKey { get; init; }

    public string? ProviderRefundId { get; init; }

    public string? Failure { get; init; }

    public DateTimeOffset? FirstCalledAt { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Whom a refund concerns beyond the books: Booking and the patient know of these two only.</summary>
    public bool IsAnnounced => Reason is Cancelled or Unplaceable;

    public static string KeyOf(Guid id, int @try) => $"refund:{id}:v{@try}";
}
