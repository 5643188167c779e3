using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>Takes a treatment plan back. Dates held for it are let go; a booking that is made of it must be cancelled instead.</summary>
public static class WithdrawTreatmentPlan
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/treatment-plans/{id:guid}/withdraw", Handle)
            .RequireOrganisation("clinic", PlanAccess.Staff).RequireRateLimiting("write").Idempotent<BookingDb>();

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await PlanAccess.FindOwnAsync(db, http, id, ct) is null)
        {
            return PlanAccess.Unknown();
        }

        // Holds are locked before plans everywhere else, so a hold placed between these two statements is only seen by the second.
        if (await PlanAccess.LiveHoldAsync(db, id, ct) is { } hold)
        {
            if (hold.BookingId is { } bookingId)
            {
                return Problems.Conflict("plan-in-payment", "The patient is paying for this plan. Cancel the booking instead.", new() { ["bookingId"] = bookingId });
            }

            await ReleaseHold.TryAsync(db, bus, hold.Id, await db.NowAsync(ct), ct);
        }

        var withdrawn = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE treatment_plans SET state = 'withdrawn'
            WHERE id = {id} AND booking_id IS NULL AND NOT EXISTS (SELECT 1 FROM holds WHERE plan_id = {id} AND state = 'held' AND expires_at > now())
            """,
            ct);
        var plan = await db.TreatmentPlans.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        return withdrawn == 1 || plan.State == TreatmentPlan.Withdrawn
            ? TypedResults.Ok((await PlanView.LoadAsync(db, [plan], ct)).Single())
            : plan.BookingId is { } booked
                ? Problems.Conflict("plan-booked", "This plan is booked. Cancel the booking instead.", new() { ["bookingId"] = booked })
                : Problems.Conflict("plan-held", "The patient has just held dates for this plan. Try again.");
    }
}
