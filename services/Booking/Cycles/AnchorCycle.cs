using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// Ties a booked cycle to what happened: the patient says that her period started, a doctor sets the hour of the trigger, or a doctor gives the cycle
/// up and the next one is expected. If a week has no room nothing changes and the refusal says which.
/// </summary>
public static class AnchorCycle
{
    private const int EarlierDays = 14;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/cycles/{id:guid}/started", HandleStarted).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapPost("/clinic/cycles/{id:guid}/trigger", HandleTrigger)
            .RequireOrganisation("clinic", "doctor").RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapPost("/clinic/cycles/{id:guid}/give-up", HandleGiveUp)
            .RequireOrganisation("clinic", "doctor").RequireRateLimiting("write").Idempotent<BookingDb>();
    }

    /// <summary>The first day of bleeding, by the patient's calendar.</summary>
    public sealed record StartedRequest(DateOnly Day1);

    public sealed record TriggerRequest(DateTimeOffset At);

    /// <summary>
    /// When the next period is expected; without a day, the pattern's 28 days after the last one. With the version that was seen a cycle that moved
    /// meanwhile, or was given up already, is left alone.
    /// </summary>
    public sealed record GiveUpRequest(DateOnly? Day1 = null, int? Version = null);

    private static async Task<Results<Ok<CycleView>, ProblemHttpResult>> HandleStarted(
        Guid id, StartedRequest request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await LockAsync(db, http, id, ct) is not { } found)
        {
            return ShowCycle.Unknown();
        }

        var (booking, cycle, role) = found;
        var now = await db.NowAsync(ct);
        var today = LocalTime.DateOf(now, cycle.Zone);
        if (request.Day1 < today.AddDays(-EarlierDays) || request.Day1 > today.AddDays(1))
        {
            return Problems.Fields(("day1", $"must be a day that has come, at most {EarlierDays} days ago"));
        }

        if (cycle.State == Cycle.Triggered)
        {
            return Problems.Conflict("already-triggered", "Retrieval is fixed to the hour by now. Talk to the center.");
        }

        return await MoveAsync(db, bus, booking, cycle, new(Cycle.Started, request.Day1, null, cycle.Attempt), role, now, ct);
    }

    private static async Task<Results<Ok<CycleView>, ProblemHttpResult>> HandleTrigger(
        Guid id, TriggerRequest request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await LockAsync(db, http, id, ct) is not (var booking, var cycle, "clinic"))
        {
            return ShowCycle.Unknown();
        }

        if (!cycle.Pattern.Retrieval || cycle.State == Cycle.Expected)
        {
            return Problems.Conflict("not-started", "This cycle has not started, or has no retrieval.");
        }

        // A doctor may go outside the usual days of stimulation, but not outside the cycle.
        var (at, first) = (request.At.ToUniversalTime(), LocalTime.Opening(cycle.Plan.StimulationStart!.Value, TimeOnly.MinValue, cycle.Zone));
        if (at < first || at > first.AddDays((2 * cycle.Pattern.StimulationMaxDays) + 1))
        {
            return Problems.Fields(("at", "must be after the start of stimulation, within twice its longest usual time"));
        }

        return await MoveAsync(db, bus, booking, cycle, new(Cycle.Triggered, cycle.Day1, at, cycle.Attempt), "clinic", await db.NowAsync(ct), ct);
    }

    private static async Task<Results<Ok<CycleView>, ProblemHttpResult>> HandleGiveUp(
        Guid id, GiveUpRequest request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await LockAsync(db, http, id, ct) is not (var booking, var cycle, "clinic"))
        {
            return ShowCycle.Unknown();
        }

        if (request.Version is { } seen && seen != cycle.Version)
        {
            return await CycleRefusals.MovedAsync(db, id, ct);
        }

        if (cycle.NextDay1(request.Day1) is not { } next)
        {
            return Cycle.NextDay1Wrong();
        }

        // What is still ahead goes on to the next attempt; what was done stays with this one.
        var now = await db.NowAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE cycle_steps c SET attempt = attempt + 1 FROM sessions s
            WHERE c.cycle_id = {id} AND c.attempt = {cycle.Attempt} AND s.id = c.session_id AND s.starts_at > now() AND s.state IN ('booked', 'proposed')
            """,
            ct);
        return await MoveAsync(db, bus, booking, cycle, new(Cycle.Expected, next, null, cycle.Attempt + 1), "clinic", now, ct);
    }

    private static async Task<Results<Ok<CycleView>, ProblemHttpResult>> MoveAsync(
        BookingDb db, IPublishEndpoint bus, Bookings.Booking booking, Cycle cycle, MoveCycle.Anchor anchor, string role, DateTimeOffset now, CancellationToken ct)
    {
        if (booking.State != BookingState.Confirmed)
        {
            return Problems.Conflict("not-confirmed", "Only a confirmed booking's cycle can begin.");
        }

        return await MoveCycle.ToAsync(db, bus, booking, cycle, anchor, role, now, ct) is { } full
            ? await CycleRefusals.FullAsync(db, cycle, full, ct)
            : TypedResults.Ok(await CycleView.LoadAsync(db, cycle.Id, ct));
    }

    /// <summary>Booking first, then cycle, both locked, if the caller may see them.</summary>
    private static async Task<(Bookings.Booking Booking, Cycle Cycle, string Role)?> LockAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '2s'", ct);
        if (await ShowCycle.BookingOfAsync(db, id, ct) is not { } bookingId || await BookingAccess.FindAsync(db, http, bookingId, ct) is not (_, { } role))
        {
            return null;
        }

        var booking = await db.Bookings.ForUpdateAsync(bookingId, ct);
        return (booking, await Cycle.ForUpdateAsync(db, id, ct), role);
    }
}
