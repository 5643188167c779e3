using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Booking.TreatmentPlans;
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
        app.MapPost("/cycles/plan", HandlePlan).AllowAnonymous().RequireRateLimiting("search");
        app.MapPost("/cycles", Handle).AllowAnonymous().RequireRateLimiting("holds").Idempotent<BookingDb>();
    }

    /// <summary>
    /// An offer, or a treatment plan with its access key. <see cref="Day1"/> is the day, at the center, on which the patient expects her period.
    /// </summary>
    public sealed record Request(DateOnly Day1, Guid? OfferId = null, Guid? PlanId = null);

    /// <summary>What is reserved: an offer's usual cycle, or what a clinician ordered.</summary>
    private sealed record Terms(OfferTerms Offer, CyclePattern Pattern, TreatmentPlan? Plan);

    public sealed record Response(HoldView Hold, CycleView Cycle);

    /// <summary>
    /// What a cycle with this day 1 would look like (asked by POST, because addresses are logged and the day is medical), and whether its weeks have room now. If not, <see cref="NextDay1"/> is the first later day that has.
    /// </summary>
    public sealed record Preview(
        DateOnly Day1, string TimeZone, CycleView.Dates Plan, IReadOnlyList<CycleStep> Steps, List<WeekRoom> Weeks, DateOnly? NextDay1, string[] Sources, string Note);

    public sealed record WeekRoom(string Step, DateOnly Week, bool HasRoom);

    private static async Task<Results<Ok<Preview>, ProblemHttpResult>> HandlePlan(
        Request request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var (terms, refusal) = await TermsAsync(db, http, request, ct);
        if (terms is null)
        {
            return refusal!;
        }

        return TypedResults.Ok(await PreviewAsync(
            db, new Cycle { CenterId = terms.Offer.CenterId, TimeZone = terms.Offer.TimeZone, Pattern = terms.Pattern, State = Cycle.Expected, Day1 = request.Day1 }, ct));
    }

    /// <summary>What this cycle would look like; with the id of one that is booked, its own places are free for it.</summary>
    internal static async Task<Preview> PreviewAsync(BookingDb db, Cycle wished, CancellationToken ct)
    {
        var dates = wished.Plan;
        List<WeekRoom> weeks = [];
        foreach (var (step, week) in dates.Weeks)
        {
            weeks.Add(new WeekRoom(step, week, await CycleWeeks.NextWithRoomAsync(db, wished.CenterId, step, week.AddDays(-1), wished.Id, ct) == week));
        }

        var next = weeks.TrueForAll(week => week.HasRoom) ? null : await CycleRefusals.NextDay1Async(db, wished, ct);
        return new Preview(wished.Day1, wished.TimeZone, CycleView.Dates.Of(dates), dates.Steps, weeks, next, CyclePattern.Sources, CycleView.SignOff);
    }

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '2s'", ct);
        var (terms, refusal) = await TermsAsync(db, http, request, ct);
        if (terms is null)
        {
            return refusal!;
        }

        var (offer, pattern, plan) = terms;
        if (plan is not null && await LockedPlanAsync(db, plan.Id, ct) is { } held)
        {
            return held;
        }

        var dates = PlanCycle.Of(pattern, request.Day1, null, TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone));
        var key = AccessKey.New();
        var inserted = plan is null
            ? await InsertHoldAsync(db, offer, dates, key, PlaceHold.Holder(http, options.Value), options.Value, ct)
            : await InsertPlanHoldAsync(db, plan, dates, options.Value, ct);
        if (inserted is not { } hold)
        {
            return Problems.Of(429, "too-many-holds", $"You hold {options.Value.MostLiveHolds} times already. Use or release one of them first.");
        }

        var cycle = new Cycle
        {
            Id = hold.Id, CenterId = offer.CenterId, TimeZone = offer.TimeZone, Pattern = pattern, State = Cycle.Expected, Day1 = request.Day1, CreatedAt = hold.CreatedAt,
        };
        db.Cycles.Add(cycle);
        await db.SaveChangesAsync(ct);
        if (await CycleWeeks.TakeAsync(db, cycle, dates.Weeks, booked: false, ct) is { } full)
        {
            return await CycleRefusals.FullAsync(db, cycle, full, ct);
        }

        await MoveCycle.AddSessionsAsync(db, cycle, dates, ct);
        await bus.PublishFor(hold.Id, new HoldPlaced(hold.Id, offer.OfferId, offer.CenterId, hold.StartsAt, hold.EndsAt, hold.ExpiresAt, hold.Fence), ct);
        var view = HoldView.Of(hold, offer, await db.NowAsync(ct), options.Value, plan is null ? key : null, plan);
        return TypedResults.Created($"/cycles/{hold.Id}", new Response(view, await CycleView.LoadAsync(db, hold.Id, ct)));
    }

    private static async Task<(Terms? Terms, ProblemHttpResult? Refusal)> TermsAsync(BookingDb db, HttpContext http, Request request, CancellationToken ct)
    {
        if (request.OfferId is null == request.PlanId is null)
        {
            return (null, Problems.Fields(("offerId", "must be given, or planId instead")));
        }

        var now = await db.NowAsync(ct);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (request.Day1 < today.AddDays(-1) || request.Day1 > today.AddDays(365))
        {
            return (null, Problems.Fields(("day1", "must be today or a day of the coming year")));
        }

        return request.PlanId is { } planId ? await OfPlanAsync(db, http, planId, request, now, ct) : await OfOfferAsync(db, request.OfferId!.Value, ct);
    }

    private static async Task<(Terms? Terms, ProblemHttpResult? Refusal)> OfOfferAsync(BookingDb db, Guid offerId, CancellationToken ct)
    {
        if (await OfferTerms.SoldAsync(db, offerId, ct) is not { } offer)
        {
            return (null, Problems.NotFound("offer-unknown", "This offer is not sold here."));
        }

        if (offer.Mode != OfferTerms.Cycle)
        {
            return (null, Problems.Invalid("not-a-cycle", "This treatment is not planned by a cycle."));
        }

        return CyclePattern.Of(offer.ProcedureId) is { } pattern
            ? (new Terms(offer, pattern, null), null)
            : (null, Problems.Invalid("needs-treatment-plan", "This treatment needs a plan from the center before it can be reserved."));
    }

    private static async Task<(Terms? Terms, ProblemHttpResult? Refusal)> OfPlanAsync(
        BookingDb db, HttpContext http, Guid planId, Request request, DateTimeOffset now, CancellationToken ct)
    {
        if (await PlanAccess.FindAsync(db, http, planId, ct) is not { } plan)
        {
            return (null, PlanAccess.Unknown());
        }

        if (plan.Pattern.Ivf is not { } pattern)
        {
            return (null, Problems.Invalid("not-a-cycle", "This treatment plan is not one of a cycle."));
        }

        if (PlanAccess.NotForDates(plan, now) is { } refusal)
        {
            return (null, refusal);
        }

        return request.Day1 < plan.ReadyOn
            ? (null, Problems.Fields(("day1", $"must not be before {plan.ReadyOn:yyyy-MM-dd}, from when the clinician has ordered it")))
            : (new Terms(await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == plan.OfferId, ct), pattern, plan), null);
    }

    /// <summary>Two holds of one plan take turns. Null if the plan is free.</summary>
    private static async Task<ProblemHttpResult?> LockedPlanAsync(BookingDb db, Guid planId, CancellationToken ct)
    {
        var plan = (await db.TreatmentPlans.FromSql($"SELECT * FROM treatment_plans WHERE id = {planId} FOR NO KEY UPDATE").AsNoTracking().ToListAsync(ct)).Single();
        if (PlanAccess.NotForDates(plan, await db.NowAsync(ct)) is { } refusal)
        {
            return refusal;
        }

        return await PlanAccess.LiveHoldAsync(db, planId, ct) is { } other
            ? Problems.Conflict(
                "plan-held", "Dates for this plan are held already. Release them first to choose others.",
                new() { ["holdId"] = other.Id, ["expiresAt"] = other.ExpiresAt, ["bookingId"] = other.BookingId })
            : null;
    }

    /// <summary>Null if the caller holds enough already. The holds of one caller take turns.</summary>
    private static async Task<Hold?> InsertHoldAsync(
        BookingDb db, OfferTerms offer, CyclePlan plan, string key, byte[] holder, BookingOptions options, CancellationToken ct)
    {
        var (starts, ends) = Span(plan);
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

    /// <summary>As long as a course is held, but not beyond the plan's validity or the first step. The plan's own key opens it.</summary>
    private static async Task<Hold?> InsertPlanHoldAsync(BookingDb db, TreatmentPlan plan, CyclePlan dates, BookingOptions options, CancellationToken ct)
    {
        var (starts, ends) = Span(dates);
        return (await db.Holds.FromSql(
            $"""
            INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash, plan_id)
            VALUES ({Guid.CreateVersion7()}, {plan.OfferId}, {plan.CenterId}, {starts}, {ends}, 'held',
                    greatest(least(now() + make_interval(hours => {options.CourseHoldHours}), {plan.ValidUntil}, {starts}), now() + make_interval(mins => {options.HoldMinutes})),
                    1, 0, {plan.AccessKeyHash}, {plan.Id})
            RETURNING *
            """).AsNoTracking().ToListAsync(ct)).Single();
    }

    private static (DateTimeOffset Starts, DateTimeOffset Ends) Span(CyclePlan plan) =>
        (plan.Appointments.Min(step => step.Start), plan.Appointments.Max(step => step.End));
}
