using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>A center marks a session as delivered or missed. A missed fraction must be made up: its days are proposed at once, as a repair of one patient.</summary>
public static class MarkSession
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/clinic/sessions/{id:guid}/delivered", (Guid id, HttpContext http, BookingDb db, CancellationToken ct) => HandleAsync(id, Session.Delivered, http, db, ct))
            .RequireOrganisation("clinic", "admin", "scheduler", "doctor").RequireRateLimiting("write");
        app.MapPost("/clinic/sessions/{id:guid}/missed", (Guid id, HttpContext http, BookingDb db, CancellationToken ct) => HandleAsync(id, Session.Missed, http, db, ct))
            .RequireOrganisation("clinic", "admin", "scheduler", "doctor").RequireRateLimiting("write");
    }

    /// <summary>RepairId: the proposals to make up for a missed fraction; null if there is nothing to make up.</summary>
    public sealed record Response(Guid SessionId, Guid BookingId, int Number, string State, Guid? RepairId);

    private static Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, string state, HttpContext http, BookingDb db, CancellationToken ct) =>
        db.InTransactionAsync<Results<Ok<Response>, ProblemHttpResult>>(
            async () =>
            {
                var center = http.Caller().OrganisationRef ?? string.Empty;
                var known = await (
                    from x in db.Sessions.AsNoTracking()
                    where x.Id == id
                    join y in db.Bookings on x.BookingId equals y.Id
                    where y.CenterId == center
                    select new { Session = x, BookingId = y.Id }).SingleOrDefaultAsync(ct);
                if (known is null)
                {
                    return Problems.NotFound("session-unknown", "Your center has no such session.");
                }

                var booking = await db.Bookings.ForUpdateAsync(known.BookingId, ct);
                await GuardCourses.RememberAsync(db, booking, ct);

                // A mark may be corrected until the missed session is made up for: then there would be one too many.
                var marked = booking.State != BookingState.Confirmed ? [] : await db.Sessions.FromSql(
                    $"""
                    UPDATE sessions s SET state = {state}
                    WHERE s.id = {id} AND s.starts_at <= now() AND s.state IN ('booked', 'proposed', 'delivered', 'missed')
                      AND (s.state <> 'missed' OR {state} = 'missed' OR NOT EXISTS (
                          SELECT 1 FROM repair_patients p, jsonb_array_elements(p.plan -> 'Moves') AS m
                          WHERE p.booking_id = s.booking_id AND p.state IN ('applied', 'accepted', 'declined') AND m ->> 'MakesUpFor' = s.id::text))
                    RETURNING s.*
                    """).AsNoTracking().ToListAsync(ct);
                if (marked is not [var session])
                {
                    return Problems.Conflict(
                        "session-not-markable", "Only a session that has begun, of a confirmed booking, can be marked, and a missed one that was made up stays missed.",
                        new() { ["state"] = known.Session.State, ["start"] = known.Session.StartsAt });
                }

                var repair = booking.Pattern is null || session.Phase != Phases.Fraction ? null
                    : await PlanRepair.ForMissedAsync(db, center, booking.Id, ChooseRepair.Who(http), ct);
                return TypedResults.Ok(new Response(session.Id, booking.Id, session.Number, session.State, repair));
            },
            ct);
}
