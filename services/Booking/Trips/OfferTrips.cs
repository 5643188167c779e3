using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Stays;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Trips;

/// <summary>Offers up to five pairs of trips for a treatment plan, each with its stay check; a pair is held by its id as a course is.</summary>
public static class OfferTrips
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/trips/plan", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();

    public sealed record Request(Guid PlanId, CoursePreferences? Preferences = null);

    public sealed record Response(Guid PlanId, string TimeZone, DateTimeOffset ServerNow, DateTimeOffset OptionsExpireAt, List<Option> Options, Reason? Refusal, string[] Sources);

    /// <summary>Days are those of the center. The gap is from the last visit of the first trip to the first of the second.</summary>
    public sealed record Option(
        Guid OptionId, int Rank, TripView First, TripView Second, int GapDays, DateOnly EarliestReturn, DateOnly LatestReturn, StayResult? Stay, IReadOnlyList<Reason> Why);

    public sealed record TripView(DateOnly ArriveOn, DateOnly LeaveOn, int Days, List<OfferCourses.Visit> Visits);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await PlanAccess.FindAsync(db, http, request.PlanId, ct) is not { } plan)
        {
            return PlanAccess.Unknown();
        }

        var now = await db.NowAsync(ct);
        if (PlanAccess.NotForDates(plan, now) is { } refusal)
        {
            return refusal;
        }

        if (plan.Pattern.Trips is null)
        {
            return Problems.Invalid("not-two-trips", "This treatment plan is not one of two trips.");
        }

        var preferences = request.Preferences ?? new CoursePreferences();
        var terms = await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == plan.OfferId, ct);
        return preferences.Errors(LocalTime.DateOf(now, TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone))) is { Length: > 0 } errors
            ? Problems.Fields(errors)
            : TypedResults.Ok(await OfferAsync(db, plan, terms, preferences, now, options.Value, ct));
    }

    /// <summary>Plans, keeps the options and describes them. The plan is one of two trips.</summary>
    public static async Task<Response> OfferAsync(
        BookingDb db, TreatmentPlan plan, OfferTerms terms, CoursePreferences preferences, DateTimeOffset now, BookingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(preferences);
        ArgumentNullException.ThrowIfNull(options);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone);
        var today = LocalTime.DateOf(now, zone);

        // Nobody arrives yesterday: the first visit leaves the day before it for the journey.
        var first = new[] { today.AddDays(PlanTrips.ArriveDaysBefore), plan.ReadyOn, preferences.FirstDayFrom ?? today }.Max();
        var request = new TripRequest(
            plan.Pattern.Trips!, plan.Pattern.ResourceKinds, now + FindStarts.LeadTime, first, preferences.ReturnFrom, preferences.StartFrom, preferences.StartTo);
        var time = await LoadFreeTime.OfCenterAsync(db, plan.CenterId, plan.Pattern.ResourceKinds, today, (int)FindStarts.Horizon.TotalDays, ct);
        var (plans, refusal) = time is null
            ? ([], new Reason("no-resource", new() { ["kinds"] = plan.Pattern.ResourceKinds }, "The center has none of the resources that this treatment needs."))
            : PlanTrips.Of(request, time);
        var expires = now.AddMinutes(options.CourseOptionMinutes);
        var kept = plans.Select(x => new CourseOption
        {
            Id = Guid.CreateVersion7(), PlanId = plan.Id, Visits = [.. x.Visits], Preferences = preferences, ExpiresAt = expires, CreatedAt = now,
        }).ToList();
        db.CourseOptions.AddRange(kept);
        await db.SaveChangesAsync(ct);
        var citizenship = await db.TreatmentPlanPeople.AsNoTracking().Where(x => x.PlanId == plan.Id).Select(x => x.Citizenship).SingleOrDefaultAsync(ct);
        var rules = await EntryRules.LoadAsync(db, citizenship, ct);
        return new Response(
            plan.Id, terms.TimeZone, now, expires, [.. plans.Select((x, i) => Describe(kept[i].Id, i + 1, x, time!, Stay(x)))], refusal, TripPattern.Sources);

        StayResult? Stay(TripPlan trips) => citizenship is null ? null : StayCheck.Of(
            citizenship, rules, [new(trips.First.ArriveOn, trips.First.LeaveOn), new(trips.Second.ArriveOn, trips.Second.LeaveOn)], today);
    }

    private static Option Describe(Guid id, int rank, TripPlan plan, FreeTime time, StayResult? stay)
    {
        return new Option(id, rank, View(plan.First), View(plan.Second), plan.GapDays, plan.EarliestReturn, plan.LatestReturn, stay, plan.Why);

        TripView View(PlannedTrip trip) => new(
            trip.ArriveOn, trip.LeaveOn, trip.Days,
            [.. trip.Visits.Select(x => new OfferCourses.Visit(x.Number, x.Phase, x.Time.Start, x.Time.End, time.Resource(x.ResourceIds[0]).Name))]);
    }
}
