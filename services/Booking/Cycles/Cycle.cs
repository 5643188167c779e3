using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// A patient's IVF cycle: first with an expected day 1, then anchored to the real one, then to the hour of the trigger. It has the id of its hold, and
/// its appointments are the sessions of its booking.
/// </summary>
public sealed class Cycle
{
    public const string Expected = "expected";
    public const string Started = "started";
    public const string Triggered = "triggered";
    private const int MostDaysToNext = 366;

    public Guid Id { get; init; }

    public required string CenterId { get; init; }

    public required string TimeZone { get; init; }

    public required CyclePattern Pattern { get; init; }

    public required string State { get; init; }

    /// <summary>Rises when a cycle is given up and another is planned.</summary>
    public int Attempt { get; init; } = 1;

    public DateOnly Day1 { get; init; }

    public DateTimeOffset? TriggerAt { get; init; }

    /// <summary>Rises with each change of a step.</summary>
    public int Version { get; init; } = 1;

    public DateTimeOffset CreatedAt { get; init; }

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    public CyclePlan Plan => PlanCycle.Of(Pattern, Day1, TriggerAt, Zone);

    /// <summary>Day 1 of the cycle after this one, if it is given up: the day asked for or, without one, the pattern's; null if that cannot be.</summary>
    public DateOnly? NextDay1(DateOnly? asked)
    {
        var next = asked ?? Day1.AddDays(Pattern.NextCycleDays);
        return next > Day1 && next <= Day1.AddDays(MostDaysToNext) ? next : null;
    }

    public static ProblemHttpResult NextDay1Wrong() => Problems.Fields(("day1", "must be after the last day 1, by a year at most"));

    /// <summary>Locks the row until the transaction ends. Lock the booking before it.</summary>
    public static async Task<Cycle> ForUpdateAsync(BookingDb db, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return (await db.Cycles.FromSql($"SELECT * FROM cycles WHERE id = {id} FOR UPDATE").AsNoTracking().ToListAsync(ct)).Single();
    }
}

/// <summary>Which session a step is.</summary>
public sealed class CycleStepRow
{
    public Guid CycleId { get; init; }

    public int Attempt { get; init; }

    public required string Code { get; init; }

    public Guid SessionId { get; init; }

    /// <summary>The start the laboratory accepted last: a step that comes back to it needs no new word.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }
}

/// <summary>A place of a week's capacity that a cycle keeps.</summary>
public sealed class CycleReservation
{
    public Guid CycleId { get; init; }

    public required string Step { get; init; }

    public required string CenterId { get; init; }

    public DateOnly Week { get; init; }

    public int Place { get; init; }

    public bool Booked { get; init; }
}
