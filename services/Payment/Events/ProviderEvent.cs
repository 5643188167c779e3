namespace MedTourism.Payment.Events;

/// <summary>A hint from the provider that an object changed. What is true is fetched.</summary>
public sealed class ProviderEvent
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required string ObjectId { get; init; }

    public bool Live { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset NextTryAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }

    public string? Outcome { get; init; }
}
