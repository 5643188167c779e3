using System.Text.Json.Serialization;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;

namespace MedTourism.Booking.Repairs;

/// <summary>A session as it stands before a repair. One with the state <c>missed</c> stands for a session still owed: it takes no time.</summary>
public sealed record RepairSession(
    Guid Id, int Number, string Phase, Interval Time, IReadOnlyList<Guid> Resources, string State, int Sequence, bool Extra, Guid? MakesUpFor = null)
{
    public Guid Machine => Resources[0];
}

/// <summary>
/// A patient whose sessions <see cref="Lost"/> have no machine. <see cref="PlannedDays"/>: from the first fraction's day to the last one's, as it was
/// planned at first. Without a pattern the sessions are single visits.
/// </summary>
public sealed record RepairCase(Guid BookingId, CoursePattern? Pattern, IReadOnlyList<RepairSession> Sessions, IReadOnlySet<Guid> Lost, int PlannedDays)
{
    /// <summary>Set if the visits are those of two trips, whose healing gap must not shrink below its least.</summary>
    public Trips.TripPattern? Trips { get; init; }
}

/// <summary>
/// A way to repair. <see cref="MoreHours"/>: evenings may be asked for. <see cref="CatchUp"/>: second sessions on a day and weekends, where the pattern
/// allows them. <see cref="AtEnd"/>: lost sessions go to the end, nothing else changes.
/// </summary>
public sealed record RepairStyle(string Key, bool MoreHours = false, bool CatchUp = false, bool AtEnd = false)
{
    public static readonly RepairStyle UsualHours = new("usual-hours");
    public static readonly RepairStyle MakeUp = new("make-up", CatchUp: true);
    public static readonly RepairStyle Evenings = new("evenings", MoreHours: true);
    public static readonly RepairStyle Append = new("append", AtEnd: true);
}

/// <summary>
/// A session's way from its old time to its new one, with all that is needed to go it and to go back. <see cref="How"/> is <c>same-day</c>,
/// <c>free-day</c>, <c>second-session</c>, <c>weekend</c>, <c>appended</c>, <c>shifted</c> or <c>other-day</c>. <see cref="MakesUpFor"/> names the missed
/// session that a new one makes up for.
/// </summary>
public sealed record RepairMove(
    Guid SessionId,
    int Number,
    string Phase,
    DateTimeOffset OldStart,
    DateTimeOffset OldEnd,
    Guid[] OldResources,
    string OldState,
    int OldSequence,
    bool OldExtra,
    DateTimeOffset NewStart,
    DateTimeOffset NewEnd,
    Guid[] NewResources,
    bool NewExtra,
    string How,
    Guid? MakesUpFor = null)
{
    [JsonIgnore]
    public Interval OldTime => new(OldStart, OldEnd);

    [JsonIgnore]
    public Interval NewTime => new(NewStart, NewEnd);
}

/// <summary>
/// What needs a clinician's word: <c>second-session</c>, <c>weekend</c>, <c>prolongation</c>, <c>gap</c> (a missed session left one), <c>cycle-step</c>.
/// </summary>
public sealed record ClinicalFlag(string Code, int Session, DateOnly Date, int Found, int Limit);

/// <summary>
/// Why there is no place. <see cref="Code"/> is <c>rule</c> (the pattern's <see cref="Rule"/> forbids what is free), <c>no-free-time</c> (the
/// <see cref="Obstacles"/> stand where the session was and could have been), <c>time-taken</c>, <c>still-down</c>, <c>changed-meanwhile</c>, <c>past</c>.
/// </summary>
public sealed record RepairRefusal(string Code, int Session, string? Rule = null, int Found = 0, int Limit = 0, IReadOnlyList<Obstacle>? Obstacles = null);

/// <summary>A patient's repair: moves, or why there are none.</summary>
public sealed record RepairOutcome(RepairCase Patient, IReadOnlyList<RepairMove> Moves, IReadOnlyList<ClinicalFlag> Clinical, IReadOnlyList<RepairRefusal> Refusals)
{
    public bool IsRepaired => Refusals.Count == 0;

    /// <summary>All sessions as they will be, in the order of time.</summary>
    public IReadOnlyList<RepairSession> After
    {
        get
        {
            var moves = Moves.ToDictionary(x => x.SessionId);
            return [.. Patient.Sessions
                .Select(x => moves.TryGetValue(x.Id, out var move) ? x with { Time = move.NewTime, Resources = move.NewResources, Extra = move.NewExtra } : x)
                .OrderBy(x => x.Time.Start)];
        }
    }
}
