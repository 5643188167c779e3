using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Courses;

/// <summary>A stretch in which a resource is closed or blocked, and what its center wrote about it.</summary>
public sealed record Closure(Interval Time, string? Reason);

/// <summary>What is known of a resource: its usual hours, their exceptions, its blocks, and the time others hold or have booked.</summary>
public sealed record ResourceFacts(
    Guid Id,
    string Kind,
    string Name,
    int Lane,
    string Status,
    string? MatchedSet,
    int SlotMinutes,
    IReadOnlyList<OpeningHours> Hours,
    IReadOnlyList<Closure> Closed,
    IReadOnlyList<Interval> Opened,
    IReadOnlyList<Closure> Blocks,
    IReadOnlyList<Interval> Taken);

/// <summary>
/// What stands in the way of a session on a resource. <see cref="Kind"/> is <c>status</c> (Reason: planned, commissioning, closed), <c>closed</c>
/// (an exception of the center), <c>blocked</c>, <c>taken</c> (held or booked by others), <c>holiday</c> (Reason: its name), <c>hours</c> (outside the
/// usual hours), or <c>horizon</c> (beyond what is looked at). <see cref="Reason"/> is the center's own word.
/// </summary>
public sealed record Obstacle(string Kind, Guid ResourceId, string Resource, string? Reason, DateTimeOffset From, DateTimeOffset To);
