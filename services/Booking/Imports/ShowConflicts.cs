using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Where a clinic's other system and this one have both given away the same time, as it is at this moment; and which imported times are a guess. Nothing
/// here is overwritten: the clinic decides which of the two moves.
/// </summary>
public static class ShowConflicts
{
    private const int Most = 500;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/clinic/imports/conflicts", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");

    public sealed record Response(List<Conflict> Conflicts, List<Guess> Guesses);

    /// <summary>
    /// <see cref="State"/> is <c>booked</c> or <c>held</c>; a hold has no reference yet, unless a booking waits for its deposit. <see cref="Uid"/> and
    /// <see cref="Instance"/> name the event in the other system.
    /// </summary>
    public sealed record Conflict(
        Guid ImportId, string ImportName, Guid ResourceId, string ResourceName, string Uid, string Instance, DateTimeOffset Start, DateTimeOffset End,
        string State, Guid? BookingId, string? Reference, int? SessionNumber, DateTimeOffset TakenFrom, DateTimeOffset TakenTo);

    /// <summary><see cref="Reason"/> is <c>zone-unknown</c> or <c>rule-unreadable</c>.</summary>
    public sealed record Guess(Guid ImportId, string ImportName, Guid ResourceId, string ResourceName, string Uid, DateTimeOffset Start, DateTimeOffset End, string Reason);

    private static async Task<Ok<Response>> Handle(Guid? resourceId, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var conflicts = await db.Database.SqlQuery<Conflict>(
            $"""
            SELECT i.id AS "ImportId", i.name AS "ImportName", r.id AS "ResourceId", r.name AS "ResourceName", t.uid AS "Uid", t.instance AS "Instance",
                   t.starts_at AS "Start", t.ends_at AS "End", a.state AS "State", b.id AS "BookingId", b.reference AS "Reference", s.number AS "SessionNumber",
                   a.starts_at AS "TakenFrom", a.ends_at AS "TakenTo"
            FROM imports i
            JOIN resources r ON r.id = i.resource_id
            JOIN imported_times t ON t.import_id = i.id
            JOIN allocations a ON a.resource_id = t.resource_id AND a.during && t.during
            LEFT JOIN holds h ON h.id = a.hold_id
            LEFT JOIN bookings b ON b.id = coalesce(a.booking_id, h.booking_id)
            LEFT JOIN sessions s ON s.id = a.session_id
            WHERE i.center_id = {center} AND ({resourceId}::uuid IS NULL OR r.id = {resourceId}) AND t.ends_at > now()
              AND (a.state = 'booked' OR (a.state = 'held' AND a.expires_at > now()))
            ORDER BY t.starts_at, r.name, a.starts_at LIMIT {Most}
            """).ToListAsync(ct);
        var guesses = await db.Database.SqlQuery<Guess>(
            $"""
            SELECT i.id AS "ImportId", i.name AS "ImportName", r.id AS "ResourceId", r.name AS "ResourceName", t.uid AS "Uid", t.starts_at AS "Start",
                   t.ends_at AS "End", t.doubt AS "Reason"
            FROM imports i JOIN resources r ON r.id = i.resource_id JOIN imported_times t ON t.import_id = i.id
            WHERE i.center_id = {center} AND ({resourceId}::uuid IS NULL OR r.id = {resourceId}) AND t.ends_at > now() AND t.doubt IS NOT NULL
            ORDER BY t.starts_at, r.name LIMIT {Most}
            """).ToListAsync(ct);
        return TypedResults.Ok(new Response(conflicts, guesses));
    }
}
