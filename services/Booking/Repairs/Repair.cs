namespace MedTourism.Booking.Repairs;

/// <summary>A resource that is down; without <see cref="ToAt"/> until further notice.</summary>
public sealed class Outage
{
    public Guid Id { get; init; }

    public required string CenterId { get; init; }

    public Guid ResourceId { get; init; }

    public DateTimeOffset FromAt { get; init; }

    public DateTimeOffset? ToAt { get; init; }

    public required string Reason { get; init; }

    /// <summary>The closed stretch of its calendar; null if the resource's status closes it.</summary>
    public Guid? ExceptionId { get; init; }

    /// <summary>The subject of who said so, or <c>catalog</c>.</summary>
    public required string DeclaredBy { get; init; }

    public DateTimeOffset DeclaredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Whole proposals for an outage or a missed session. planned → chosen → applied; planned or chosen → withdrawn.</summary>
public sealed class Repair
{
    public const string Planned = "planned";
    public const string Chosen = "chosen";
    public const string Applied = "applied";
    public const string Withdrawn = "withdrawn";

    public Guid Id { get; init; }

    public required string CenterId { get; init; }

    public Guid? OutageId { get; init; }

    /// <summary><c>outage</c> or <c>missed</c>.</summary>
    public required string Cause { get; init; }

    public required string State { get; init; }

    public required List<Proposal> Proposals { get; init; }

    /// <summary>The key of the proposal that was chosen.</summary>
    public string? ChosenKey { get; init; }

    public required Guid[] BookingIds { get; init; }

    public required List<Opening> Openings { get; init; }

    public required string PlannedBy { get; init; }

    public DateTimeOffset PlannedAt { get; init; }

    public string? ChosenBy { get; init; }

    public string? AppliedBy { get; init; }

    public DateTimeOffset? AppliedAt { get; init; }
}

/// <summary>
/// One patient of a repair: planned → applied → accepted, declined or undone; planned → impossible, ended (the booking is over) or withdrawn (another
/// plan took its place). <see cref="Pending"/> says what was asked for and is not done yet.
/// </summary>
public sealed class RepairPatient
{
    public const string Planned = "planned";
    public const string Applied = "applied";
    public const string Accepted = "accepted";
    public const string Declined = "declined";
    public const string Undone = "undone";
    public const string Impossible = "impossible";
    public const string Ended = "ended";
    public const string Withdrawn = "withdrawn";

    public Guid RepairId { get; init; }

    public Guid BookingId { get; init; }

    /// <summary>The order in which patients are moved.</summary>
    public int Position { get; init; }

    public required string State { get; init; }

    /// <summary><c>apply</c> or <c>undo</c>.</summary>
    public string? Pending { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset RetryAt { get; init; }

    public required PatientPlan Plan { get; init; }

    public string? ApprovedBy { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>When the patient was told of new times, or that there are none.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    public DateTimeOffset? AnswerBy { get; init; }

    /// <summary><c>patient</c>, <c>deadline</c>, or who of the center.</summary>
    public string? AnsweredBy { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>What a patient who declined asks for: <c>refund</c>, <c>transfer</c> or <c>call</c>.</summary>
    public string? Wish { get; init; }

    /// <summary>What was done for one who declined or could not be moved: <c>refund</c>, <c>transfer</c>, <c>kept</c> or <c>replanned</c>.</summary>
    public string? Resolution { get; init; }

    public string? ResolvedBy { get; init; }

    public RepairRefusal? Refusal { get; init; }

    public bool NeedsClinician => Plan.Clinical.Count > 0 && ApprovedAt is null;
}
