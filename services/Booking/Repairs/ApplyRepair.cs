using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// Carries out the chosen proposal: one transaction per patient, all of the patient's sessions or none. What is asked for is written down first, so that a
/// worker ends what a breakdown left; the state of the patient's row decides, so nobody is moved twice.
/// </summary>
public static class ApplyRepair
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeastAnswerTime = TimeSpan.FromMinutes(15);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/repairs/{id:guid}/apply", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");

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

                return repair.State is Repair.Chosen or Repair.Applied ? await AskAsync(db, repair, ChooseRepair.Who(http), ct) : ChooseRepair.NotOpen(repair);
            },
            ct);
        if (refused is not null)
        {
            return refused;
        }

        await work.ForRepairAsync(id, ct);
        return TypedResults.Ok(await ShowRepairs.LoadAsync(db, id, ct));
    }

    /// <summary>Patients whose plan waits for a clinician stay where they are.</summary>
    private static async Task<ProblemHttpResult?> AskAsync(BookingDb db, Repair repair, string by, CancellationToken ct)
    {
        var waiting = await db.RepairPatients.AsNoTracking().Where(x => x.RepairId == repair.Id && x.State == RepairPatient.Planned && x.ApprovedAt == null).ToListAsync(ct);
        var unapproved = waiting.Where(x => x.NeedsClinician).Select(x => x.BookingId).ToArray();
        var asked = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients SET pending = 'apply', retry_at = now()
            WHERE repair_id = {repair.Id} AND pending IS NULL AND NOT booking_id = ANY({unapproved})
              AND (state = 'planned' OR (state = 'impossible' AND told_at IS NULL AND refusal IS NULL))
            """,
            ct);
        if (asked == 0 && unapproved.Length > 0)
        {
            return Problems.Conflict(
                "needs-a-clinician", "What is left of this repair waits for a doctor's approval.", new() { ["bookingIds"] = unapproved });
        }

        foreach (var opening in repair.State == Repair.Chosen ? repair.Openings : [])
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO calendar_exceptions (id, center_id, resource_id, from_at, to_at, kind, reason)
                VALUES ({opening.Id}, {repair.CenterId}, {opening.ResourceId}, {opening.From}, {opening.To}, 'open', 'repair') ON CONFLICT DO NOTHING
                """,
                ct);
        }

        await db.Database.ExecuteSqlAsync(
            $"UPDATE repairs SET state = 'applied', applied_by = coalesce(applied_by, {by}), applied_at = coalesce(applied_at, now()) WHERE id = {repair.Id}", ct);
        return null;
    }

    /// <summary>Moves one patient, or notes why not. The repair's row and the patient's are locked.</summary>
    internal static async Task OneAsync(BookingDb db, IPublishEndpoint bus, RepairPatient patient, CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        var booking = await db.Bookings.ForUpdateAsync(patient.BookingId, ct);
        if (booking.State != BookingState.Confirmed)
        {
            await BecomeAsync(db, patient, RepairPatient.Ended, null, ct);
            return;
        }

        if (patient.State == RepairPatient.Impossible)
        {
            await TellImpossibleAsync(db, bus, patient, booking, now, ct);
            return;
        }

        var moves = patient.Plan.Moves;
        if (await RepairSessions.ChangedAsync(db, moves, ct) is { } changed)
        {
            await BecomeAsync(db, patient, RepairPatient.Impossible, changed, ct);
            return;
        }

        if (moves.FirstOrDefault(x => x.NewStart < now + Soonest) is { } late)
        {
            await BecomeAsync(db, patient, RepairPatient.Impossible, new RepairRefusal("past", late.Number), ct);
            return;
        }

        await GuardCourses.RememberAsync(db, booking, ct);
        if (await RepairSessions.MoveAsync(db, booking, moves, forward: true, ct) is { } refusal)
        {
            await BecomeAsync(db, patient, RepairPatient.Impossible, refusal, ct);
            return;
        }

        await TellAsync(db, bus, patient, booking, now, ct);
    }

    private static async Task TellAsync(
        BookingDb db, IPublishEndpoint bus, RepairPatient patient, Bookings.Booking booking, DateTimeOffset now, CancellationToken ct)
    {
        var sessions = await RepairSessions.OfAsync(db, booking.Id, ct);
        var (start, end) = RepairSessions.Span(sessions);
        var moves = patient.Plan.Moves;
        var oldEnd = booking.EndsAt;
        booking.Move(start, end, "clinic", $"repair {patient.RepairId}: {moves.Count} sessions", now);
        await db.SaveAsync(booking, ct);
        var answerBy = Latest(Earliest(now + AnswerTime, moves.Min(x => x.NewStart) - Soonest), now + LeastAnswerTime);

        // A later repair of the same patient takes the place of one that is still unanswered.
        await db.Database.ExecuteSqlAsync($"UPDATE repair_patients SET state = 'withdrawn', pending = NULL WHERE booking_id = {booking.Id} AND state = 'applied'", ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE repair_patients SET resolution = 'replanned' WHERE booking_id = {booking.Id} AND repair_id <> {patient.RepairId} AND state IN ('declined', 'impossible') AND resolution IS NULL", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients SET state = 'applied', pending = NULL, answer_by = {answerBy}, told_at = now(), refusal = NULL
            WHERE repair_id = {patient.RepairId} AND booking_id = {booking.Id}
            """,
            ct);
        var key = await BookingKey.NewAsync(db, booking.Id, now, ct);
        await bus.PublishFor(
            booking.Id,
            new RepairProposed(
                patient.RepairId, booking.Id, booking.Reference, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.TimeZone,
                [.. moves.Select(x => x.ToMoved())], oldEnd, end, key, answerBy, now),
            ct);
        await RepairTold.RescheduledAsync(bus, booking, sessions, moves.Select(x => x.ToMoved()), "repair", now, ct);
    }

    /// <summary>The sessions stay where they are until the center has refunded, transferred or called.</summary>
    private static async Task TellImpossibleAsync(
        BookingDb db, IPublishEndpoint bus, RepairPatient patient, Bookings.Booking booking, DateTimeOffset now, CancellationToken ct)
    {
        var lost = await db.Database.SqlQuery<MovedSession>(
            $"""
            SELECT s.id AS "SessionId", s.number AS "Number", s.phase AS "Phase", s.starts_at AS "OldStart", s.ends_at AS "OldEnd",
                   NULL::timestamptz AS "NewStart", NULL::timestamptz AS "NewEnd"
            FROM sessions s
            WHERE s.booking_id = {booking.Id} AND s.state IN ('booked', 'proposed') AND s.starts_at > now()
              AND EXISTS (SELECT 1 FROM outages o WHERE o.resource_id = ANY(s.resource_ids) AND o.from_at < s.ends_at AND coalesce(o.to_at, 'infinity') > s.starts_at)
            ORDER BY s.starts_at
            """).ToListAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE repair_patients SET pending = NULL, told_at = now() WHERE repair_id = {patient.RepairId} AND booking_id = {booking.Id}", ct);
        if (lost.Count > 0)
        {
            var key = await BookingKey.NewAsync(db, booking.Id, now, ct);
            await bus.PublishFor(
                booking.Id,
                new RepairImpossible(
                    patient.RepairId, booking.Id, booking.Reference, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.TimeZone, [.. lost], key, now),
                ct);
        }
    }

    internal static async Task BecomeAsync(BookingDb db, RepairPatient patient, string state, RepairRefusal? refusal, CancellationToken ct)
    {
        var json = refusal is null ? null : System.Text.Json.JsonSerializer.Serialize(refusal);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients SET state = {state}, pending = NULL, refusal = {json}::jsonb WHERE repair_id = {patient.RepairId} AND booking_id = {patient.BookingId}
            """,
            ct);
    }

    private static DateTimeOffset Earliest(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
