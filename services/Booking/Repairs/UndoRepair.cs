using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// Gives back the old times, exactly, to every patient who has not answered. Refused, patient by patient and with the reason, for time that was sold
/// meanwhile or is still down; those keep the new times.
/// </summary>
public static class UndoRepair
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/repairs/{id:guid}/undo", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");

    private static async Task<Results<Ok<ShowRepairs.Detail>, ProblemHttpResult>> Handle(
        Guid id, HttpContext http, BookingDb db, ContinueRepairs work, CancellationToken ct)
    {
        var refused = await db.InTransactionAsync(
            async () =>
            {
                if (await ChooseRepair.ForUpdateAsync(db, http, id, ct) is not { } repair)
                {
                    return ChooseRepair.Unknown();
                }

                if (repair.State != Repair.Applied)
                {
                    return ChooseRepair.NotOpen(repair);
                }

                // What is asked for and not begun is not begun any more.
                await db.Database.ExecuteSqlAsync($"UPDATE repair_patients SET pending = NULL WHERE repair_id = {id} AND pending = 'apply'", ct);
                var asked = await db.Database.ExecuteSqlAsync(
                    $"UPDATE repair_patients SET pending = 'undo', retry_at = now(), refusal = NULL WHERE repair_id = {id} AND state = 'applied'", ct);
                return asked == 0 ? Problems.Conflict("nothing-to-undo", "Every patient of this repair has answered, or was not moved.") : null;
            },
            ct);
        if (refused is not null)
        {
            return refused;
        }

        await work.ForRepairAsync(id, ct);
        await CloseAsync(db, id, ct);
        return TypedResults.Ok(await ShowRepairs.LoadAsync(db, id, ct));
    }

    internal static async Task OneAsync(BookingDb db, IPublishEndpoint bus, RepairPatient patient, CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        var booking = await db.Bookings.ForUpdateAsync(patient.BookingId, ct);
        if (patient.State != RepairPatient.Applied || booking.State != BookingState.Confirmed)
        {
            var state = booking.State == BookingState.Confirmed ? patient.State : RepairPatient.Ended;
            await ApplyRepair.BecomeAsync(db, patient, state, null, ct);
            return;
        }

        var moves = patient.Plan.Moves;
        var refusal = await RepairSessions.MovedOnAsync(db, moves, now, ct) ?? await RepairSessions.MoveAsync(db, booking, moves, forward: false, ct);
        if (refusal is not null)
        {
            await ApplyRepair.BecomeAsync(db, patient, RepairPatient.Applied, refusal, ct);
            return;
        }

        var sessions = await RepairSessions.OfAsync(db, booking.Id, ct);
        var (start, end) = RepairSessions.Span(sessions);
        booking.Move(start, end, "clinic", $"repair {patient.RepairId} undone", now);
        await db.SaveAsync(booking, ct);
        await ApplyRepair.BecomeAsync(db, patient, RepairPatient.Undone, null, ct);
        await RepairTold.RescheduledAsync(bus, booking, sessions, moves.Select(x => x.ToMovedBack()), "repair-undone", now, ct);
        await FreedTime.NoteAsync(db, bus, booking.CenterId, [.. moves.Select(x => x.NewTime)], ct);
    }

    /// <summary>Hours that were opened for this repair and that nobody needs any more are closed again.</summary>
    private static Task<int> CloseAsync(BookingDb db, Guid id, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        DELETE FROM calendar_exceptions e USING repairs r
        WHERE r.id = {id} AND e.kind = 'open' AND e.id IN (SELECT (x ->> 'Id')::uuid FROM jsonb_array_elements(r.openings) AS x)
          AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.resource_id = e.resource_id AND a.during && tstzrange(e.from_at, e.to_at, '[)'))
        """,
        ct);
}
