using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// A center marks a session as delivered or missed, or takes a mark of the same day back. A missed fraction must be made up: its days are proposed at
/// once, as a repair of one patient. Each mark is in the booking's history.
/// </summary>
public static class MarkSession
{
    /// <summary>Whose doing a missed session was. No words of one's own: they might tell of somebody's health in a history that is never erased.</summary>
    private static readonly string[] Reasons = ["patient", "center", "other"];

    public static void Map(IEndpointRouteBuilder app)
    {
        MapMark("delivered", Session.Delivered);
        MapMark("missed", Session.Missed);
        MapMark("unmark", null);

        void MapMark(string verb, string? state) => app
            .MapPost($"/clinic/sessions/{{id:guid}}/{verb}", (Guid id, Request? request, HttpContext http, BookingDb db, CancellationToken ct) => HandleAsync(id, state, request, http, db, ct))
            .RequireOrganisation("clinic", "admin", "scheduler", "doctor").RequireRateLimiting("write");
    }

    /// <remarks><c>expected</c>: The session's state as the caller saw it; without it the last mark wins. <c>reason</c>: For a missed session:
    /// <c>patient</c>, <c>center</c> or <c>other</c>.</remarks>
    public sealed record Request(string? Expected = null, string? Reason = null);

    /// <summary>RepairId: the proposals to make up for a missed fraction; null if there is nothing to make up. UndoUntil: the mark can be taken back before.</summary>
    public sealed record Response(Guid SessionId, Guid BookingId, int Number, string State, Guid? RepairId, DateTimeOffset? UndoUntil);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, string? state, Request? request, HttpContext http, BookingDb db, CancellationToken ct) =>
        request?.Reason is { } reason && (state != Session.Missed || !Reasons.Contains(reason))
            ? Problems.Fields(("reason", $"of a missed session, must be one of {string.Join(", ", Reasons)}"))
            : await db.InTransactionAsync(() => MarkAsync(id, state, request ?? new Request(), http, db, ct), ct);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> MarkAsync(
        Guid id, string? state, Request request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var known = await (
            from x in db.Sessions.AsNoTracking()
            where x.Id == id
            join y in db.Bookings on x.BookingId equals y.Id
            where y.CenterId == center
            select y.Id).SingleOrDefaultAsync(ct);
        if (known == Guid.Empty)
        {
            return Problems.NotFound("session-unknown", "Your center has no such session.");
        }

        // Everyone who marks locks the booking first, so the state read here is the one the mark replaces.
        var booking = await db.Bookings.ForUpdateAsync(known, ct);
        await GuardCourses.RememberAsync(db, booking, ct);
        var before = await db.Sessions.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        if (request.Expected is { } expected && expected != before.State)
        {
            return Problems.Conflict(
                "session-changed", "Somebody marked this session meanwhile. Look at it first.", new() { ["state"] = before.State, ["start"] = before.StartsAt });
        }

        if (before.State == state)
        {
            return TypedResults.Ok(await ResponseAsync(db, booking, before, null, ct));
        }

        var marked = booking.State != BookingState.Confirmed ? []
            : state is null ? await UnmarkAsync(db, booking, id, ct) : await MarkAsync(db, id, state, ct);
        if (marked is not [var session])
        {
            return state is null
                ? Problems.Conflict("session-not-unmarkable", "Only a mark of today can be taken back, and not of a missed session that was made up.", new() { ["state"] = before.State })
                : Problems.Conflict(
                    "session-not-markable", "Only a session that has begun, of a confirmed booking, can be marked, and a missed one that was made up stays missed.",
                    new() { ["state"] = before.State, ["start"] = before.StartsAt });
        }

        var detail = $"session {session.Number}{(request.Reason is { } why ? $": {why}" : string.Empty)}";
        db.BookingEvents.Add(new BookingEvent(
            booking.Id, $"session-{state ?? "unmarked"}", before.State, session.State, $"clinic:{ChooseRepair.Who(http)}", detail, await db.NowAsync(ct)));
        await db.SaveChangesAsync(ct);

        // The guard looks at the course again today, whatever it saw before.
        await db.Database.ExecuteSqlAsync($"UPDATE course_guards SET checked_on = NULL WHERE booking_id = {booking.Id}", ct);
        var repair = booking.Pattern is null || session.Phase != Phases.Fraction ? null
            : await PlanRepair.ForMissedAsync(db, center, booking.Id, ChooseRepair.Who(http), ct);
        return TypedResults.Ok(await ResponseAsync(db, booking, session, repair, ct));
    }

    /// <summary>A mark may be corrected until the missed session is made up for: then there would be one too many.</summary>
    private static Task<List<Session>> MarkAsync(BookingDb db, Guid id, string state, CancellationToken ct) =>
        db.Sessions.FromSql(
            $"""
            UPDATE sessions s
            SET state = {state}, marked_at = now(), marked_from = CASE WHEN s.state IN ('booked', 'proposed') THEN s.state ELSE s.marked_from END
            WHERE s.id = {id} AND s.starts_at <= now() AND s.state IN ('booked', 'proposed', 'delivered', 'missed')
              AND (s.state <> 'missed' OR NOT session_made_up(s.id, s.booking_id))
            RETURNING s.*
            """).AsNoTracking().ToListAsync(ct);

    private static Task<List<Session>> UnmarkAsync(BookingDb db, Bookings.Booking booking, Guid id, CancellationToken ct) =>
        db.Sessions.FromSql(
            $"""
            UPDATE sessions s SET state = s.marked_from, marked_at = NULL, marked_from = NULL
            WHERE s.id = {id} AND s.state IN ('delivered', 'missed') AND s.marked_from IS NOT NULL
              AND (s.marked_at AT TIME ZONE {booking.TimeZone})::date = (now() AT TIME ZONE {booking.TimeZone})::date
              AND NOT session_made_up(s.id, s.booking_id)
            RETURNING s.*
            """).AsNoTracking().ToListAsync(ct);

    private static async Task<Response> ResponseAsync(BookingDb db, Bookings.Booking booking, Session session, Guid? repair, CancellationToken ct)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(booking.TimeZone);
        var undo = session.MarkedFrom is null ? (DateTimeOffset?)null : LocalTime.Opening(LocalTime.DateOf(await db.NowAsync(ct), zone).AddDays(1), TimeOnly.MinValue, zone);
        return new Response(session.Id, booking.Id, session.Number, session.State, repair, undo);
    }
}
