namespace MedTourism.Notifications.Mails;

/// <summary>
/// A letter to send, or what is left of one. <see cref="Kind"/> is <c>code</c>, <c>account</c>, <c>hold</c>, <c>confirmed</c>, <c>cancelled</c>,
/// <c>refunded</c>, <c>unplaceable</c>, <c>plan</c>, <c>rescheduled</c>, <c>repair</c>, <c>repair-impossible</c>, <c>waitlist</c> or <c>waitlist-offer</c>; <see cref="State"/> is <c>waiting</c>, <c>sent</c>, <c>dead</c> (an operator must act) or <c>dropped</c>.
/// </summary>
public sealed class Mail
{
    public required Guid Id { get; init; }

    public long Seq { get; init; }

    public required string Kind { get; init; }

    public required string Key { get; init; }

    public Guid? BookingId { get; init; }

    public required int Sequence { get; init; }

    /// <summary>Openly, as older releases left it.</summary>
    public string? Payload { get; init; }

    /// <summary>See <see cref="SealedLetters"/>.</summary>
    public byte[]? SealedPayload { get; init; }

    public required string State { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset NextAttemptAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string? LastError { get; init; }

    public string? TraceParent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }
}
