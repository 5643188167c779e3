using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>The running courses of a center with their gaps, the most urgent first. The list proposes; a clinician decides.</summary>
public static class ShowGapGuard
{
    private const int Most = 500;
    private const int MostWarnings = 10;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/clinic/gap-guard", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");

    /// <summary>RepairId: the plan that waits for this patient, if there is one. Days are of the center's time zone.</summary>
    public sealed record Entry(
        Guid BookingId, string Reference, string? GivenNames, string? FamilyName, Dictionary<string, string> ProcedureNames, string TimeZone, DateOnly Today, CourseStanding Course,
        List<Warning> Warnings, Guid? RepairId, bool Demo);

    public sealed record Warning(string Kind, bool Broken, DateOnly On, int Found, int Limit, DateTimeOffset WarnedAt);

    private static async Task<Ok<List<Entry>>> Handle(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var ids = await db.Database.SqlQuery<Guid>(
            $"""
            SELECT b.id AS "Value" FROM bookings b
            WHERE b.center_id = {center} AND b.state = 'confirmed' AND b.pattern IS NOT NULL AND b.starts_at <= now()
              AND EXISTS (SELECT 1 FROM sessions s WHERE s.booking_id = b.id AND (s.state IN ('booked', 'proposed') OR s.state = 'missed'))
            ORDER BY b.starts_at DESC LIMIT {Most}
            """).ToListAsync(ct);
        var running = (await GuardCourses.WatchAsync(db, ids, ct)).FindAll(x => x.Standing is not null);
        var keys = running.ConvertAll(x => x.Booking.Id);
        var people = await db.BookingPeople.AsNoTracking().Where(x => keys.Contains(x.BookingId)).ToDictionaryAsync(x => x.BookingId, ct);
        var warnings = (await db.GapWarnings.AsNoTracking().Where(x => keys.Contains(x.BookingId)).OrderByDescending(x => x.Id).ToListAsync(ct)).ToLookup(x => x.BookingId);
        var repairs = (await db.Repairs.AsNoTracking()
            .Where(x => x.CenterId == center && (x.State == Repair.Planned || x.State == Repair.Chosen)).OrderBy(x => x.PlannedAt)
            .Select(x => new { x.Id, x.BookingIds }).ToListAsync(ct)).SelectMany(x => x.BookingIds.Select(b => (Booking: b, x.Id))).ToLookup(x => x.Booking, x => x.Id);
        return TypedResults.Ok(running.OrderBy(x => x.Standing!.Urgency).ThenBy(x => x.Booking.Reference, StringComparer.Ordinal).Select(x => new Entry(
            x.Booking.Id, x.Booking.Reference, people.GetValueOrDefault(x.Booking.Id)?.GivenNames, people.GetValueOrDefault(x.Booking.Id)?.FamilyName,
            x.Booking.ProcedureNames, x.Booking.TimeZone, x.Today, x.Standing!,
            [.. warnings[x.Booking.Id].Take(MostWarnings).Select(w => new Warning(w.Kind, w.Broken, w.OnDate, w.Found, w.Max, w.WarnedAt))],
            repairs[x.Booking.Id].Select(r => (Guid?)r).LastOrDefault(), x.Booking.Demo)).ToList());
    }
}
