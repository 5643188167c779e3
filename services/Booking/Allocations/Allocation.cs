namespace MedTourism.Booking.Allocations;

/// <summary>A time of one resource that nobody else can have. Two of one resource never overlap: the database refuses it.</summary>
public sealed class Allocation
{
    public const string Held = "held";
    public const string Booked = "booked";
    public const string Blocked = "blocked";

    public Guid Id { get; init; }

    public Guid ResourceId { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public required string State { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public Guid? HoldId { get; init; }

    public Guid? BookingId { get; init; }

    public Guid? SessionId { get; init; }

    public string? Reason { get; init; }

    public int Fence { get; init; }
}
