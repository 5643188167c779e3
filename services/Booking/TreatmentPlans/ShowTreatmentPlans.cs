using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>The treatment plans of a center, newest first; one of them for its staff, and for the patient who has its key.</summary>
public static class ShowTreatmentPlans
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/treatment-plans", HandleList).RequireOrganisation("clinic", PlanAccess.Staff).RequireRateLimiting("search");
        app.MapGet("/clinic/treatment-plans/{id:guid}", HandleOwn).RequireOrganisation("clinic", PlanAccess.Staff).RequireRateLimiting("search");
        app.MapGet("/treatment-plans/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");
    }

    private static async Task<Ok<List<PlanView>>> HandleList(DateTimeOffset? before, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var until = before?.ToUniversalTime() ?? DateTimeOffset.MaxValue;
        var plans = await db.TreatmentPlans.AsNoTracking()
            .Where(x => x.CenterId == center && x.IssuedAt < until).OrderByDescending(x => x.IssuedAt).Take(Most).ToListAsync(ct);
        return TypedResults.Ok(await PlanView.LoadAsync(db, plans, ct));
    }

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> HandleOwn(Guid id, HttpContext http, BookingDb db, CancellationToken ct) =>
        await ViewAsync(db, await PlanAccess.FindOwnAsync(db, http, id, ct), ct);

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct) =>
        await ViewAsync(db, await PlanAccess.FindAsync(db, http, id, ct), ct);

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> ViewAsync(BookingDb db, TreatmentPlan? plan, CancellationToken ct) =>
        plan is null ? PlanAccess.Unknown() : TypedResults.Ok((await PlanView.LoadAsync(db, [plan], ct)).Single());
}
