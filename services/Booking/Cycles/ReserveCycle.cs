using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// Plans a cycle from its expected day 1 and keeps its weeks of laboratory capacity, all or none, as a hold: placing the booking and paying the
/// deposit go on as with any other.
/// </summary>
public static class ReserveCycle
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/cycles/plan", HandlePlan).AllowAnonymous().RequireRateLimiting("search");
        app.MapPost("/cycles", Handle).AllowAnonymous().RequireRateLimiting("holds").Idempotent<BookingDb>();
    }

    /// <summary><see cref="Day1"/> is the day, at the center, on which the patient expects her period.</summary>
    public sealed record Request(Guid OfferId, DateOnly Day1);

    public sealed record Response(HoldView Hold, CycleView Cycle);

    /// <summary>What a cycle with this day 1 would look like, and whether its weeks have room now.</summary>
    public sealed record Preview(DateOnly Day1, string TimeZone, CycleView.Dates Plan, IReadOnlyList<CycleStep> Steps, List<WeekRoom> Weeks, string[] Sources, string Note);

    public sealed record WeekRoom(string Step, DateOnly Week, bool HasRoom);

    private static async Task<Results<Ok<Preview>, ProblemHttpResult>> HandlePlan(Guid offer, DateOnly day1, BookingDb db, CancellationToken ct)
    {
        var (terms, pattern, refusal) = await TermsAsync(db, offer, day1, ct);
        if (refusal is not null)
        {
            return refusal;
        }

        var plan = PlanCycle.Of(pattern!, day1, null, TimeZoneInfo.FindSystemTimeZoneById(terms!.TimeZone));
        List<WeekRoom> weeks = [];
        foreach (var (step, week) in plan.Weeks)
        {
            weeks.Add(new WeekRoom(step, week, await CycleWeeks.NextWithRoomAsync(db, terms.CenterId, step, week.AddDays(-1), ct) == week));
        }

        return TypedResults.Ok(new Preview(day1, terms.TimeZone, CycleView.Dates.Of(plan), plan.Steps, weeks, CyclePattern.Sources, CycleView.SignOff));
    }

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '2s'", ct);
        var (offer, pattern, refusal) = await TermsAsync(db, request.OfferId, request.Day1, ct);
        if (refusal is not null)
        {
            return refusal;
        }

        var plan = PlanCycle.Of(pattern!, request.Day1, null, TimeZoneInfo.FindSystemTimeZoneById(offer!.TimeZone));
        var key = AccessKey.New();
        if (await InsertHoldAsync(db, offer, plan, key, PlaceHold.Holder(http, options.Value), options.Value, ct) is not { } hold)
        {
            return Problems.Of(429, "too-many-holds", $"You hold {options.Value.MostLiveHolds} times already. Use or release one of them first.");
        }

        var cycle = new Cycle
        {
            Id = hold.Id, CenterId = offer.CenterId, TimeZone = offer.TimeZone, Pattern = pattern!, State = Cycle.Expected, Day1 = request.Day1, CreatedAt = hold.CreatedAt,
        };
        db.Cycles.Add(cycle);
        await db.SaveChangesAsync(ct);
        if (await CycleWeeks.TakeAsync(db, cycle, plan.Weeks, booked: false, ct) is { } full)
        {
            return await CycleRefusals.FullAsync(db, cycle, full, ct);
        }

        await MoveCycle.AddSessionsAsync(db, cycle, plan, ct);
        await bus.PublishFor(hold.Id, new HoldPlaced(hold.Id, offer.OfferId, offer.CenterId, hold.StartsAt, hold.EndsAt, hold.ExpiresAt, hold.Fence), ct);
        var view = HoldView.Of(hold, offer, await db.NowAsync(ct), options.Value, key);
        return TypedResults.Created($"/cycles/{hold.Id}", new Response(view, await CycleView.LoadAsync(db, hold.Id, ct)));
    }

    private static async Task<(OfferTerms? Offer, CyclePattern? Pattern, ProblemHttpResult? Refusal)> TermsAsync(
        BookingDb db, Guid offerId, DateOnly day1, CancellationToken ct)
    {
        if (await OfferTerms.SoldAsync(db, offerId, ct) is not { } offer)
        {
            return (null, null, Problems.NotFound("offer-unknown", "This offer is not sold here."));
        }

        if (offer.Mode != OfferTerms.Cycle)
        {
            return (offer, null, Problems.Invalid("not-a-cycle", "This treatment is not planned by a cycle."));
        }

        if (CyclePattern.Of(offer.ProcedureId) is not { } pattern)
        {
            return (offer, null, Problems.Invalid("needs-treatment-plan", "This treatment needs a plan from the center before it can be reserved."));
        }

        var today = DateOnly.FromDateTime((await db.NowAsync(ct)).UtcDateTime);
        return day1 < today.AddDays(-1) || day1 > today.AddDays(365)
            ? (offer, pattern, Problems.Fields(("day1", "must be today or a day of the coming year")))
            : (offer, pattern, null);
    }

    /// <summary>Null if the caller holds enough already. The holds of one caller take turns.</summary>
    private static async Task<Hold?> InsertHoldAsync(
        BookingDb db, OfferTerms offer, CyclePlan plan, string key, byte[] holder, BookingOptions options, CancellationToken ct)
    {
        var (starts, ends) = (plan.Appointments.Min(step => step.Start), plan.Appointments.Max(step => step.End));
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({BitConverter.ToInt64(holder)})", ct);
        return (await db.Holds.FromSql(
            $"""
            INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash, holder)
            SELECT {Guid.CreateVersion7()}, {offer.OfferId}, {offer.CenterId}, {starts}, {ends}, 'held', now() + make_interval(mins => {options.HoldMinutes}),
                   1, 0, {AccessKey.Hash(key)}, {holder}
            WHERE (SELECT count(*) FROM holds WHERE holder = {holder} AND state = 'held' AND expires_at > now()) < {options.MostLiveHolds}
            RETURNING *
            """).AsNoTracking().ToListAsync(ct)).SingleOrDefault();
    }
}
