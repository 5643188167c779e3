namespace MedTourism.Booking.Holds;

/// <summary>A start time kept for a patient while they decide and pay. It is truth by its row: past <see cref="ExpiresAt"/> it holds nothing.</summary>
public sealed class Hold
{
    public const string Held = "held";
    public const string Used = "used";
    public const string Released = "released";
    public const string Expired = "expired";

    public Guid Id { get; init; }

    public Guid OfferId { get; init; }

    public required string CenterId { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public required string State { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public int Extensions { get; init; }

    public int Checkouts { get; init; }

    /// <summary>Rises each time the booking is given its time anew, so that a late message of an old hold decides nothing.</summary>
    public int Fence { get; init; }

    /// <summary>How many allocations it holds, so that losing one of them is noticed.</summary>
    public int Resources { get; init; }

    public Guid? BookingId { get; init; }

    /// <summary>Set if it is held for a treatment plan, and so under that plan's terms.</summary>
    public Guid? PlanId { get; init; }

    public required byte[] AccessKeyHash { get; init; }

    public byte[]? Holder { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public bool IsLive(DateTimeOffset now) => State == Held && ExpiresAt > now;
}
