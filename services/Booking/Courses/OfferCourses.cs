using MedTourism.Booking.Availability;
using MedTourism.Booking.Offers;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Courses;

/// <summary>Offers up to five ways to run a treatment plan's course; each can be held by its id for an hour. If there is none, says why and what would help.</summary>
public static class OfferCourses
{
    // First days far beyond the first possible one are looked at only when nothing nearer was found.
    private const int FirstWindowDays = 60;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/courses/plan", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();

    public sealed record Request(Guid PlanId, CoursePreferences? Preferences = null);

    public sealed record Response(
        Guid PlanId, string TimeZone, DateTimeOffset ServerNow, DateTimeOffset OptionsExpireAt, List<Option> Options, IReadOnlyList<Refusal> Refusals,
        IReadOnlyList<Relaxation> Relaxations);

    /// <summary>As <see cref="CoursePlan"/>, with its id for holding it and its place.</summary>
    public sealed record Option(
        Guid OptionId, int Rank, DateOnly FirstDay, DateOnly LastDay, DateOnly ArriveOn, DateOnly LeaveOn, int DaysInCountry, List<Visit> Sessions,
        IReadOnlyList<CourseGap> Gaps, int LongestGapDays, int LostDays, int DelayDays, TimeOnly UsualStart, int HourDeviationMinutes, int LargestDeviationMinutes,
        int MachineChanges, int? DaysLate, bool FitsLimits, IReadOnlyList<Reason> Why);

    public sealed record Visit(int Number, string Phase, DateTimeOffset Start, DateTimeOffset End, string Machine);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await PlanAccess.FindAsync(db, http, request.PlanId, ct) is not { } plan)
        {
            return PlanAccess.Unknown();
        }

        var now = await BeginAsync(db, ct);
        if (PlanAccess.NotForDates(plan, now) is { } refusal)
        {
            return refusal;
        }

        if (!plan.Pattern.IsCourse)
        {
            return Problems.Invalid(
                "not-a-course", "Dates for this treatment are chosen another way.", new() { ["use"] = plan.Pattern.Trips is null ? "/cycles" : "/trips/plan" });
        }

        var preferences = request.Preferences ?? new CoursePreferences();
        var terms = await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == plan.OfferId, ct);
        return preferences.Errors(LocalTime.DateOf(now, TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone))) is { Length: > 0 } errors
            ? Problems.Fields(errors)
            : TypedResults.Ok(await OfferAsync(db, plan, terms, preferences, now, options.Value, ct));
    }

    /// <summary>
    /// Says what time it is, and that nobody waits for the disk at the end: nothing is promised here, and options that a crash of the server takes away
    /// are planned again.
    /// </summary>
    private static Task<DateTimeOffset> BeginAsync(BookingDb db, CancellationToken ct) =>
        db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\" WHERE set_config('synchronous_commit', 'off', true) = 'off'").SingleAsync(ct);

    /// <summary>Plans, keeps the options and describes them. The time of the sessions <paramref name="except"/> counts as free, because they move.</summary>
    public static async Task<Response> OfferAsync(
        BookingDb db, TreatmentPlan plan, OfferTerms terms, CoursePreferences preferences, DateTimeOffset now, BookingOptions options, CancellationToken ct,
        IReadOnlyCollection<Guid>? except = null)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(options);
        var (answer, time) = await PlanAsync(db, plan, terms, preferences, now, ct, except);
        var expires = now.AddMinutes(options.CourseOptionMinutes);
        var kept = answer.Plans.Select(x => new CourseOption
        {
            Id = Guid.CreateVersion7(), PlanId = plan.Id, Visits = [.. x.Visits], Preferences = preferences, ExpiresAt = expires, CreatedAt = now,
        }).ToList();
        db.CourseOptions.AddRange(kept);
        await db.SaveChangesAsync(ct);
        return new Response(
            plan.Id, terms.TimeZone, now, expires, [.. answer.Plans.Select((x, i) => Describe(kept[i].Id, i + 1, x, time!))], answer.Refusals, answer.Relaxations);
    }

    /// <summary>The first weeks first; the whole year that can be sold only if nothing was found in them.</summary>
    public static async Task<(CourseAnswer Answer, FreeTime? Time)> PlanAsync(
        BookingDb db, TreatmentPlan plan, OfferTerms terms, CoursePreferences preferences, DateTimeOffset now, CancellationToken ct,
        IReadOnlyCollection<Guid>? except = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(preferences);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone);
        var today = LocalTime.DateOf(now, zone);
        var (pattern, notBefore) = (plan.Pattern, now + FindStarts.LeadTime);
        if (preferences.FirstDayFrom is { } from && LocalTime.Opening(from, TimeOnly.MinValue, zone) is var midnight && midnight > notBefore)
        {
            notBefore = midnight;
        }

        var firstDay = LocalTime.DateOf(notBefore, zone);
        var request = new CourseRequest(
            pattern, notBefore, plan.ReadyOn > firstDay ? plan.ReadyOn : firstDay, preferences.LastDayBy, preferences.StartFrom, preferences.StartTo,
            preferences.MaxStayDays, plan.DueOn, preferences.ArriveDaysBefore ?? 1, preferences.LeaveDaysAfter ?? 1);
        var most = today.AddDays((int)FindStarts.Horizon.TotalDays).DayNumber - firstDay.DayNumber;
        var days = Math.Min(most, request.FirstDayFrom.DayNumber - firstDay.DayNumber + Span(pattern) + FirstWindowDays);
        string[] kinds = [.. pattern.ResourceKinds.Concat(pattern.Planning?.ResourceKinds ?? []).Distinct()];
        while (days > 0)
        {
            if (await LoadFreeTime.OfCenterAsync(db, plan.CenterId, kinds, firstDay, days, ct, except) is not { } time)
            {
                break;
            }

            var answer = PlanCourse.Of(request, time, await SwitchScarcityPolicy.RankingAsync(db, plan, time, today, ct));
            if (answer.Plans.Count > 0 || days == most)
            {
                return (answer, time);
            }

            days = most;
        }

        return (new CourseAnswer(
            [], [.. kinds.Select(kind => new Refusal(new Reason("no-resource", new() { ["kind"] = kind }, $"The center has no resource of the kind '{kind}'."), []))], []), null);
    }

    public static Option Describe(Guid id, int rank, CoursePlan plan, FreeTime time)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(time);
        return new Option(
            id, rank, plan.FirstDay, plan.LastDay, plan.ArriveOn, plan.LeaveOn, plan.DaysInCountry,
            [.. plan.Visits.Select(x => new Visit(x.Number, x.Phase, x.Time.Start, x.Time.End, time.Resource(x.ResourceIds[0]).Name))],
            plan.Gaps, plan.LongestGapDays, plan.LostDays, plan.DelayDays, plan.UsualStart, plan.HourDeviationMinutes, plan.LargestDeviationMinutes,
            plan.MachineChanges, plan.DaysLate, plan.FitsLimits, plan.Why);
    }

    /// <summary>Days that the course takes if all goes well, with room for holidays and the planning before it.</summary>
    private static int Span(CoursePattern pattern) => 21 + (2 * (pattern.Planning?.MaxWorkingDays ?? 0)) + (pattern.Cadence switch
    {
        Cadence.Daily => pattern.Sessions * 7 / 5,
        Cadence.TwiceDaily => pattern.Sessions * 7 / 10,
        Cadence.AlternateDays => pattern.Sessions * 7 / 3,
        Cadence.Cycle => pattern.Sessions * pattern.CycleMaxDays,
    });
}
