using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>Who may see a treatment plan and choose dates for it: who has its key, and the staff of its center.</summary>
public static class PlanAccess
{
    public static readonly string[] Staff = ["admin", "scheduler", "doctor"];

    /// <summary>A plan that does not exist and one that is not the caller's look alike.</summary>
    public static ProblemHttpResult Unknown() => Problems.NotFound("treatment-plan-unknown", "There is no such treatment plan, or you cannot see it.");

    public static async Task<TreatmentPlan?> FindAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(http);
        var plan = await db.TreatmentPlans.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, ct);
        return plan is not null && (IsStaff(http, plan) || AccessKey.Opens(http.Request.Headers[AccessKey.Header], plan.AccessKeyHash)) ? plan : null;
    }

    public static async Task<TreatmentPlan?> FindOwnAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return await db.TreatmentPlans.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.CenterId == center, ct);
    }

    /// <summary>Why no dates can be chosen for it now, if so.</summary>
    public static ProblemHttpResult? NotForDates(TreatmentPlan plan, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan switch
        {
            { State: TreatmentPlan.Withdrawn } => Problems.Gone("plan-withdrawn", "The center has withdrawn this treatment plan."),
            { State: TreatmentPlan.Booked } => Problems.Conflict("plan-booked", "This treatment plan is booked already.", new() { ["bookingId"] = plan.BookingId }),
            _ when plan.ValidUntil <= now => Problems.Gone("plan-expired", "This treatment plan is no longer valid. Ask the center for a new one.", new() { ["validUntil"] = plan.ValidUntil }),
            _ => null,
        };
    }

    /// <summary>The hold that keeps dates for the plan now. Only this says that a plan is held: its row never does.</summary>
    public static Task<Hold?> LiveHoldAsync(BookingDb db, Guid planId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Holds.FromSql($"SELECT * FROM holds WHERE plan_id = {planId} AND state = 'held' AND expires_at > now()").AsNoTracking().FirstOrDefaultAsync(ct);
    }

    private static bool IsStaff(HttpContext http, TreatmentPlan plan) =>
        http.Caller() is { OrganisationKind: "clinic" } caller && caller.OrganisationRef == plan.CenterId && caller.Roles.Overlaps(Staff);
}
