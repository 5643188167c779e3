using System.Text.Json;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Clinics;

/// <summary>A center's own day: every resource with its hours and what takes its time; today's version adds the list of appointments.</summary>
public static class ShowDay
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/day", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapGet("/clinic/today", HandleToday).RequireOrganisation("clinic").RequireRateLimiting("search");
    }

    public sealed record Response(DateOnly Date, string TimeZone, List<ResourceDay> Resources);

    public sealed record TodayResponse(DateOnly Date, string TimeZone, List<Appointment> Appointments, List<ResourceDay> Resources);

    public sealed record ResourceDay(
        Guid Id, string Name, string Kind, int Lane, string Status, int SlotMinutes, bool Demo, List<Interval> Open, List<Taken> Allocations);

    public sealed record Taken(
        Guid Id, string State, DateTimeOffset Start, DateTimeOffset End, Guid? BookingId, string? Reference, Dictionary<string, string>? ProcedureNames,
        string? Reason, DateTimeOffset? ExpiresAt);

    public sealed record Appointment(
        Guid BookingId, string Reference, string State, DateTimeOffset Start, DateTimeOffset End, Dictionary<string, string> ProcedureNames,
        string? GivenNames, string? FamilyName, string? Citizenship, string? Culture, List<string> Resources, bool Demo, Visit? Session = null);

    /// <summary>The appointment of that day, which of a course is one of many. Null in a search, and before the deposit of a single visit.</summary>
    public sealed record Visit(Guid SessionId, int Number, string Phase, string State);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(DateOnly? date, HttpContext http, BookingDb db, CancellationToken ct) =>
        await LoadAsync(date, http, db, ct) is { } day ? TypedResults.Ok(day) : Unknown();

    private static async Task<Results<Ok<TodayResponse>, ProblemHttpResult>> HandleToday(DateOnly? date, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await LoadAsync(date, http, db, ct) is not { } day)
        {
            return Unknown();
        }

        var ids = day.Resources.SelectMany(resource => resource.Allocations).Select(x => x.BookingId).OfType<Guid>().Distinct().ToArray();
        return TypedResults.Ok(new TodayResponse(day.Date, day.TimeZone, await OfDayAsync(db, ids, day, ct), day.Resources));
    }

    /// <summary>The appointments of one day: of a course its sessions on that day, at their own times.</summary>
    private static async Task<List<Appointment>> OfDayAsync(BookingDb db, Guid[] ids, Response day, CancellationToken ct)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(day.TimeZone);
        var (from, to) = (LocalTime.Opening(day.Date, TimeOnly.MinValue, zone), LocalTime.Opening(day.Date.AddDays(1), TimeOnly.MinValue, zone));
        var sessions = (await db.Sessions.AsNoTracking()
            .Where(x => x.BookingId != null && ids.Contains(x.BookingId.Value) && x.StartsAt < to && x.EndsAt > from && x.State != Session.Cancelled)
            .ToListAsync(ct)).ToLookup(x => x.BookingId);
        return [.. (await AppointmentsAsync(db, ids, ct))
            .SelectMany(x => sessions.Contains(x.BookingId)
                ? sessions[x.BookingId].Select(s => x with { Start = s.StartsAt, End = s.EndsAt, Session = new Visit(s.Id, s.Number, s.Phase, s.State) })
                : [x])
            .OrderBy(x => x.Start).ThenBy(x => x.Reference, StringComparer.Ordinal)];
    }

    /// <summary>These bookings as a list of appointments, earliest first.</summary>
    public static async Task<List<Appointment>> AppointmentsAsync(BookingDb db, Guid[] ids, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var where = (await (
            from allocation in db.Allocations.AsNoTracking()
            join hold in db.Holds on allocation.HoldId equals hold.Id into holds
            from hold in holds.DefaultIfEmpty()
            join resource in db.Resources on allocation.ResourceId equals resource.Id
            let booking = allocation.BookingId ?? hold.BookingId
            where booking != null && ids.Contains(booking.Value)
            orderby resource.Kind, resource.Name
            select new { Id = booking.Value, resource.Name }).Distinct().ToListAsync(ct)).ToLookup(x => x.Id, x => x.Name);
        var rows = await (
            from booking in db.Bookings.AsNoTracking()
            where ids.Contains(booking.Id)
            join person in db.BookingPeople on booking.Id equals person.BookingId into people
            from person in people.DefaultIfEmpty()
            orderby booking.StartsAt, booking.Reference
            select new { booking, person }).ToListAsync(ct);
        return rows.ConvertAll(row => new Appointment(
            row.booking.Id, row.booking.Reference, row.booking.State.Name(), row.booking.StartsAt, row.booking.EndsAt, row.booking.ProcedureNames,
            row.person?.GivenNames, row.person?.FamilyName, row.person?.Citizenship, row.person?.Culture, [.. where[row.booking.Id]], row.booking.Demo));
    }

    private static ProblemHttpResult Unknown() => Problems.NotFound("center-unknown", "This center has no resources here yet.");

    private static async Task<Response?> LoadAsync(DateOnly? date, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var resources = await db.Resources.AsNoTracking()
            .Where(x => x.CenterId == center).OrderBy(x => x.Kind).ThenBy(x => x.Name).ThenBy(x => x.Lane).ToListAsync(ct);
        if (resources.Count == 0)
        {
            return null;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(resources[0].TimeZone);
        var day = date ?? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(await db.NowAsync(ct), zone).DateTime);
        var window = new Interval(LocalTime.Opening(day, TimeOnly.MinValue, zone), LocalTime.Opening(day.AddDays(1), TimeOnly.MinValue, zone));
        var calendars = await Calendars.LoadCenterAsync(db, center, window.Start, window.End, ct);
        var taken = (await TakenAsync(db, [.. resources.Select(x => x.Id)], window, ct)).ToLookup(row => row.ResourceId);
        return new Response(day, zone.Id, resources.ConvertAll(resource => new ResourceDay(
            resource.Id, resource.Name, resource.Kind, resource.Lane, resource.Status, resource.SlotMinutes, resource.Demo,
            calendars.OpenIn(resource.Id, window),
            [.. taken[resource.Id].OrderBy(x => x.StartsAt).Select(x => new Taken(
                x.Id, x.State, x.StartsAt, x.EndsAt, x.BookingId, x.Reference,
                x.ProcedureNames is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(x.ProcedureNames), x.Reason, x.ExpiresAt))])));
    }

    private static Task<List<Row>> TakenAsync(BookingDb db, Guid[] resources, Interval window, CancellationToken ct) =>
        db.Database.SqlQuery<Row>(
            $"""
            SELECT a.id AS "Id", a.resource_id AS "ResourceId", a.state AS "State", a.starts_at AS "StartsAt", a.ends_at AS "EndsAt", a.reason AS "Reason",
                   a.expires_at AS "ExpiresAt", b.id AS "BookingId", b.reference AS "Reference", b.procedure_names::text AS "ProcedureNames"
            FROM unnest({resources}) AS r(id)
            CROSS JOIN LATERAL (
                SELECT * FROM allocations
                WHERE resource_id = r.id AND during && tstzrange({window.Start}, {window.End}, '[)') AND (state <> 'held' OR expires_at > now()) OFFSET 0) AS a
            LEFT JOIN holds h ON h.id = a.hold_id
            LEFT JOIN bookings b ON b.id = coalesce(a.booking_id, h.booking_id)
            """).ToListAsync(ct);

    private sealed record Row(
        Guid Id, Guid ResourceId, string State, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? Reason, DateTimeOffset? ExpiresAt, Guid? BookingId,
        string? Reference, string? ProcedureNames);
}
