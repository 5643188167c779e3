namespace MedTourism.Referral.Referrals;

/// <summary>What was said about a booking so far, whatever arrived first. Written by SQL that takes its row's lock.</summary>
public sealed class BookingFact
{
    public required Guid BookingId { get; init; }

    public long? ConfirmedPriceMinor { get; init; }

    public string? Currency { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }
}
