namespace MedTourism.Referral.Agencies;

/// <summary>A partner that brings patients; known from Identity.</summary>
public sealed class Agency
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required bool Demo { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
