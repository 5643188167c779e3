namespace MedTourism.Booking.Sessions;

/// <summary>
/// One appointment of a booking: the only one of a single visit, one fraction of a course, a planning visit, a step of a cycle. What time it takes of
/// which resources is in its allocations; both are written in one transaction.
/// </summary>
public sealed class Session
{
    public const string Held = "held";
    public const string Booked = "booked";
    public const string Proposed = "proposed";
    public const string Delivered = "delivered";
    public const string Missed = "missed";
    public const string Cancelled = "cancelled";

    public Guid Id { get; init; }

    public Guid? HoldId { get; init; }

    public Guid? BookingId { get; init; }

    /// <summary>Counts within the booking from 1, planning visits too.</summary>
    public int Number { get; init; }

    /// <summary>One of <see cref="Phases"/>.</summary>
    public required string Phase { get; init; }

    public short Trip { get; init; } = 1;

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    /// <summary>The machine first. They stay known when the time is let go.</summary>
    public required Guid[] ResourceIds { get; init; }

    public required string State { get; init; }

    /// <summary>Rises with each change the patient's calendar must learn of (iCalendar SEQUENCE).</summary>
    public int Sequence { get; init; }

    /// <summary>Placed by way of the pattern's catch-up: a second one on its day, or one on a weekend.</summary>
    public bool Extra { get; init; }

    /// <summary>When staff marked it as delivered or missed.</summary>
    public DateTimeOffset? MarkedAt { get; init; }

    /// <summary>Its state before it was marked.</summary>
    public string? MarkedFrom { get; init; }

    public bool IsAhead => State is Held or Booked or Proposed;
}

/// <summary>What a session is for.</summary>
public static class Phases
{
    public const string Visit = "visit";
    public const string Planning = "planning";
    public const string Fraction = "fraction";
    public const string Monitoring = "monitoring";
    public const string Retrieval = "retrieval";
    public const string Transfer = "transfer";
    public const string Placement = "placement";
    public const string Prosthetic = "prosthetic";
}
