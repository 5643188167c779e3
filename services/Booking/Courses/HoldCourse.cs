using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Trips;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Courses;

/// <summary>
/// Holds a whole planned course, every session on every resource, or nothing. The treatment plan's own key opens the hold. If someone was faster, the
/// answer says with which sessions and brings fresh plans.
/// </summary>
public static class HoldCourse
{
    private const string Savepoint = "course";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/courses/hold", Handle).AllowAnonymous().RequireRateLimiting("holds").Idempotent<BookingDb>();
        app.MapPost("/trips/hold", Handle).AllowAnonymous().RequireRateLimiting("holds").Idempotent<BookingDb>();
    }

    public sealed record Request(Guid OptionId);

    /// <summary>A session that cannot be had any more, and what stands there.</summary>
    public sealed record Lost(int Number, string Phase, DateTimeOffset Start, DateTimeOffset End, List<Reason> Reasons);

    private static async Task<Results<Created<HoldView>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, IServiceScopeFactory scopes, IOptions<BookingOptions> options, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '2s'", ct);
        if (await db.CourseOptions.AsNoTracking().SingleOrDefaultAsync(x => x.Id == request.OptionId, ct) is not { } option
            || await PlanAccess.FindAsync(db, http, option.PlanId, ct) is null)
        {
            return Problems.NotFound("option-unknown", "There is no such option any more, or this key does not open it. Plan again.");
        }

        // Two holds of one plan take turns here. Readers of the plan and new options of it do not wait.
        var plan = (await db.TreatmentPlans.FromSql($"SELECT * FROM treatment_plans WHERE id = {option.PlanId} FOR NO KEY UPDATE").AsNoTracking().ToListAsync(ct)).Single();
        var now = await db.NowAsync(ct);
        if (PlanAccess.NotForDates(plan, now) is { } refusal)
        {
            return refusal;
        }

        if (await PlanAccess.LiveHoldAsync(db, plan.Id, ct) is { } other)
        {
            return Problems.Conflict(
                "plan-held", "Dates for this plan are held already. Release them first to choose others.",
                new() { ["holdId"] = other.Id, ["expiresAt"] = other.ExpiresAt, ["bookingId"] = other.BookingId });
        }

        if (option.ExpiresAt <= now || option.Visits[0].Time.Start < now + FindStarts.LeadTime)
        {
            return Problems.Gone("option-expired", "This option was offered too long ago. Plan again.");
        }

        var terms = await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == plan.OfferId, ct);
        if (await LostAsync(db, plan, option, terms, ct) is { Count: > 0 } lost)
        {
            return await TakenAsync(scopes, plan, option, terms, lost, options.Value, ct);
        }

        await db.Database.CurrentTransaction!.CreateSavepointAsync(Savepoint, ct);
        var hold = await InsertAsync(db, plan, option, options.Value, ct);
        var sessions = await AddSessionsAsync(db, hold, option, ct);
        var wanted = sessions.ConvertAll(x => new TakeSessions.Wanted(x.Id, new Interval(x.StartsAt, x.EndsAt), x.ResourceIds));
        if (!await TakeSessions.TryAsync(db, wanted, new TakeTime.For(Allocation.Held, hold.Id, null, hold.Fence, hold.ExpiresAt), ct))
        {
            await db.Database.CurrentTransaction.RollbackToSavepointAsync(Savepoint, ct);
            db.ChangeTracker.Clear();
            return await TakenAsync(scopes, plan, option, terms, await LostAsync(db, plan, option, terms, ct), options.Value, ct);
        }

        await bus.PublishFor(hold.Id, new HoldPlaced(hold.Id, hold.OfferId, hold.CenterId, hold.StartsAt, hold.EndsAt, hold.ExpiresAt, hold.Fence), ct);
        return TypedResults.Created($"/holds/{hold.Id}", HoldView.Of(hold, terms, now, options.Value, plan: plan, sessions: sessions.ConvertAll(SessionView.Of)));
    }

    /// <summary>Until the hold's hours are over, but not beyond the plan's validity or the first visit.</summary>
    private static async Task<Hold> InsertAsync(BookingDb db, TreatmentPlan plan, CourseOption option, BookingOptions options, CancellationToken ct) =>
        (await db.Holds.FromSql(
            $"""
            INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash, plan_id)
            VALUES ({Guid.CreateVersion7()}, {plan.OfferId}, {plan.CenterId}, {option.Visits[0].Time.Start}, {option.Visits[^1].Time.End}, 'held',
                    least(now() + make_interval(hours => {options.CourseHoldHours}), {plan.ValidUntil}, {option.Visits[0].Time.Start}),
                    1, {option.Visits.Sum(x => x.ResourceIds.Length)}, {plan.AccessKeyHash}, {plan.Id})
            RETURNING *
            """).AsNoTracking().ToListAsync(ct)).Single();

    private static async Task<List<Session>> AddSessionsAsync(BookingDb db, Hold hold, CourseOption option, CancellationToken ct)
    {
        var sessions = option.Visits.Select(x => new Session
        {
            Id = Guid.CreateVersion7(), HoldId = hold.Id, Number = x.Number, Phase = x.Phase, StartsAt = x.Time.Start, EndsAt = x.Time.End,
            ResourceIds = x.ResourceIds, State = Session.Held, Trip = x.Trip,
        }).ToList();
        db.Sessions.AddRange(sessions);
        await db.SaveChangesAsync(ct);
        return sessions;
    }

    /// <summary>The sessions of the option that are not open and free now.</summary>
    private static async Task<List<Lost>> LostAsync(BookingDb db, TreatmentPlan plan, CourseOption option, OfferTerms terms, CancellationToken ct)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone);
        var first = LocalTime.DateOf(option.Visits[0].Time.Start, zone);
        var days = LocalTime.DateOf(option.Visits[^1].Time.End, zone).DayNumber - first.DayNumber + 1;
        string[] kinds = [.. plan.Pattern.ResourceKinds.Concat(plan.Pattern.Planning?.ResourceKinds ?? []).Distinct()];
        var time = await LoadFreeTime.OfCenterAsync(db, plan.CenterId, kinds, first, days, ct);
        return [.. option.Visits
            .Select(visit => (Visit: visit, Obstacles: visit.ResourceIds.SelectMany(id =>
                time?.Resources.SingleOrDefault(x => x.Id == id) is { } resource && !resource.IsFree(visit.Time) ? resource.WhyNot(visit.Time) : []).ToList()))
            .Where(x => x.Obstacles.Count > 0)
            .Select(x => new Lost(x.Visit.Number, x.Visit.Phase, x.Visit.Time.Start, x.Visit.Time.End, x.Obstacles.ConvertAll(o => DescribeCourse.Say(o, zone))))];
    }

    /// <summary>This request is rolled back as every refusal is, so the fresh plans are made and kept beside it.</summary>
    private static async Task<ProblemHttpResult> TakenAsync(
        IServiceScopeFactory scopes, TreatmentPlan plan, CourseOption option, OfferTerms terms, List<Lost> lost, BookingOptions options, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BookingDb>();
        var now = await db.NowAsync(ct);
        object fresh = plan.Pattern.Trips is null
            ? await OfferCourses.OfferAsync(db, plan, terms, option.Preferences, now, options, ct)
            : await OfferTrips.OfferAsync(db, plan, terms, option.Preferences, now, options, ct);
        return Problems.Conflict(
            "time-taken", "Someone was faster with some of these sessions; none of the course is held. Here are fresh plans.",
            new() { ["lost"] = lost, ["fresh"] = fresh });
    }
}
