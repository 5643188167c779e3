namespace MedTourism.Payment.Charges;

/// <summary>What is due for a booking, as Booking said; at most one of its checkouts pays it.</summary>
public sealed class Charge
{
    public const string Expired = "expired";
    public const string Released = "released";
    public const string Cancelled = "cancelled";

    public Guid Id { get; init; }

    public Guid BookingId { get; init; }

    public required string Reference { get; init; }

    public required string CenterId { get; init; }

    public long AmountMinor { get; init; }

    public required string Currency { get; init; }

    public required string Culture { get; init; }

    public DateTimeOffset DueBy { get; init; }

    public int Fence { get; init; }

    public string? Closed { get; init; }

    public Guid? PaidCheckoutId { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public string? LastFailure { get; init; }

    public DateTimeOffset? LastFailedAt { get; init; }
}
