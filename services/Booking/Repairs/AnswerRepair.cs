using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// The patient's answer to new times. Declining frees nothing yet: the new times stay theirs until another solution is found, so that saying no never
/// leaves a patient with nothing. Asked for a refund before treatment began, they get everything back at once. No answer counts as yes; the letter says so.
/// </summary>
public static class AnswerRepair
{
    private const int Batch = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/bookings/{id:guid}/repair", HandleShow).AllowAnonymous().RequireRateLimiting("search");
        app.MapPost("/bookings/{id:guid}/repair/accept", HandleAccept).AllowAnonymous().RequireRateLimiting("write");
        app.MapPost("/bookings/{id:guid}/repair/decline", HandleDecline).AllowAnonymous().RequireRateLimiting("write");
    }

    /// <summary>Wish: <c>refund</c> (all back), <c>transfer</c> (another center) or <c>call</c>.</summary>
    public sealed record DeclineRequest(string? Wish);

    /// <summary>State: <c>applied</c> waits for an answer. Refund: what a refund gives back. Options: for whoever has no solution yet; only looking at the repair asks for them.</summary>
    public sealed record Response(
        Guid RepairId, string State, string? Wish, string? Resolution, DateTimeOffset? AnswerBy, DateTimeOffset OldEnd, DateTimeOffset NewEnd, StayEffect Stay,
        List<MovedSession> Moved, List<ClinicalFlag> Clinical, Holds.Money Refund, DateTimeOffset ServerNow,
        List<SolutionOption> Options);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleShow(Guid id, HttpContext http, BookingDb db, CancellationToken ct) =>
        await BookingAccess.FindAsync(db, http, id, ct) is null ? BookingAccess.Unknown()
        : await ShowAsync(db, id, ct, options: true) is { } shown ? TypedResults.Ok(shown) : NoRepair();

    private static Task<Results<Ok<Response>, ProblemHttpResult>> HandleAccept(Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct) =>
        AnswerAsync(id, http, db, async (row, booking, now) =>
        {
            await AcceptAsync(db, bus, row, booking, "patient", now, ct);
            return null;
        }, ct);

    private static Task<Results<Ok<Response>, ProblemHttpResult>> HandleDecline(
        Guid id, DeclineRequest request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct) =>
        AnswerAsync(id, http, db, async (row, booking, now) =>
        {
            if (request.Wish is not ("refund" or "transfer" or "call"))
            {
                return Problems.Fields(("wish", "must be refund, transfer or call"));
            }

            if (row.State == RepairPatient.Applied && row.AnswerBy <= now)
            {
                return Problems.Gone("answer-too-late", "The time to answer is over and the new times count as accepted. Talk to the center.", new() { ["answerBy"] = row.AnswerBy });
            }

            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE repair_patients SET state = 'declined', wish = {request.Wish}, answered_by = 'patient', answered_at = now(), pending = NULL
                WHERE repair_id = {row.RepairId} AND booking_id = {id}
                """,
                ct);

            // Once treatment has begun the center settles what is due; before, nobody needs to be asked.
            if (request.Wish == "refund" && !await db.Sessions.AnyAsync(x => x.BookingId == id && (x.State == Session.Delivered || (x.StartsAt <= now && x.State != Session.Cancelled)), ct))
            {
                await ResolveRepair.RefundAsync(db, bus, booking, booking.DepositPaidMinor, now, ct);
                await ResolveRepair.ResolvedAsync(db, row, "refund", "patient", ct);
            }

            return null;
        }, ct);

    /// <summary>True while the center owes the patient a solution: who then cancels gets everything back, as if the center had.</summary>
    public static Task<bool> IsOwedAsync(BookingDb db, Guid bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.RepairPatients.AnyAsync(
            x => x.BookingId == bookingId && x.ToldAt != null && x.Resolution == null
                && (x.State == RepairPatient.Applied || x.State == RepairPatient.Declined || x.State == RepairPatient.Impossible),
            ct);
    }

    /// <summary>Whoever did not answer in time has the new times.</summary>
    public static Task<int> LapseAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                var due = await db.RepairPatients.FromSql(
                    $"""
                    SELECT * FROM repair_patients WHERE state = 'applied' AND answer_by <= now() AND pending IS NULL
                    ORDER BY answer_by, booking_id LIMIT {Batch} FOR UPDATE SKIP LOCKED
                    """).AsNoTracking().ToListAsync(ct);
                var now = await db.NowAsync(ct);
                foreach (var row in due)
                {
                    var booking = await db.Bookings.ForUpdateAsync(row.BookingId, ct);
                    await AcceptAsync(db, bus, row, booking, "deadline", now, ct);
                }

                return due.Count;
            },
            ct);
    }

    internal static async Task AcceptAsync(
        BookingDb db, IPublishEndpoint bus, RepairPatient row, Bookings.Booking booking, string by, DateTimeOffset now, CancellationToken ct)
    {
        if (booking.State != BookingState.Confirmed)
        {
            await ApplyRepair.BecomeAsync(db, row, RepairPatient.Ended, null, ct);
            return;
        }

        var ids = row.Plan.Moves.Select(x => x.SessionId).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"UPDATE sessions SET state = 'booked', sequence = sequence + 1 WHERE id = ANY({ids}) AND state = 'proposed'", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients SET state = 'accepted', pending = NULL, refusal = NULL, answered_by = {by}, answered_at = now()
            WHERE repair_id = {row.RepairId} AND booking_id = {row.BookingId}
            """,
            ct);
        booking.Move(booking.StartsAt, booking.EndsAt, by == "deadline" ? "system" : by, "new times accepted", now);
        await db.SaveAsync(booking, ct);
        await RepairTold.RescheduledAsync(bus, booking, await RepairSessions.OfAsync(db, booking.Id, ct), row.Plan.Moves.Select(x => x.ToMoved()), "repair", now, ct);

        // Only now: until the answer the old times may be given back.
        await FreedTime.NoteAsync(db, bus, booking.CenterId, [.. row.Plan.Moves.Select(x => x.OldTime)], ct);
    }

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> AnswerAsync(
        Guid id, HttpContext http, BookingDb db, Func<RepairPatient, Bookings.Booking, DateTimeOffset, Task<ProblemHttpResult?>> answer, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not (_, "patient"))
        {
            return BookingAccess.Unknown();
        }

        var refused = await db.InTransactionAsync(
            async () =>
            {
                // The patient's row first, then the booking, as everyone who moves patients does.
                var rows = await db.RepairPatients.FromSql(
                    $"""
                    SELECT * FROM repair_patients WHERE booking_id = {id} AND (state = 'applied' OR (state = 'declined' AND resolution IS NULL))
                    ORDER BY told_at DESC LIMIT 1 FOR UPDATE
                    """).AsNoTracking().ToListAsync(ct);
                if (rows is not [var row])
                {
                    return NoRepair();
                }

                var booking = await db.Bookings.ForUpdateAsync(id, ct);
                return await answer(row, booking, await db.NowAsync(ct));
            },
            ct);
        return refused is not null ? refused : TypedResults.Ok((await ShowAsync(db, id, ct))!);
    }

    /// <summary>Options are looked for only where a page shows them: they read other centers' calendars.</summary>
    private static async Task<Response?> ShowAsync(BookingDb db, Guid id, CancellationToken ct, bool options = false)
    {
        var row = await db.RepairPatients.AsNoTracking().Where(x => x.BookingId == id && x.ToldAt != null).OrderByDescending(x => x.ToldAt).FirstOrDefaultAsync(ct);
        if (row is null)
        {
            return null;
        }

        var booking = await db.Bookings.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var stuck = booking.State == BookingState.Confirmed && row is { Resolution: null, State: RepairPatient.Impossible or RepairPatient.Declined };
        return new Response(
            row.RepairId, row.State, row.Wish, row.Resolution, row.AnswerBy, row.Plan.OldEnd, row.Plan.NewEnd, row.Plan.Stay, [.. row.Plan.Moves.Select(x => x.ToMoved())],
            [.. row.Plan.Clinical], new Holds.Money(booking.DepositPaidMinor, booking.Currency), await db.NowAsync(ct),
            options && stuck ? await FindSolutions.ForAsync(db, booking, ct) : []);
    }

    private static ProblemHttpResult NoRepair() => Problems.NotFound("no-repair", "No new times wait for an answer.");
}
