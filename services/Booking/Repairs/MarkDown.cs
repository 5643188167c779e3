using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Clinics;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>Marks a center's own resource as down for some time, and plans the repair of every session it takes from patients in the same action.</summary>
public static class MarkDown
{
    private const int LongestDays = 366;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/clinic/outages", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapGet("/clinic/outages", HandleList).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPost("/clinic/outages/{id:guid}/end", HandleEnd).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    public sealed record Request(Guid ResourceId, DateTimeOffset From, DateTimeOffset To, string? Reason);

    /// <summary>To: null until further notice. RepairId: null if no patient is concerned. HoldsReleased: unpaid holds that ended.</summary>
    public sealed record Response(
        Guid Id, Guid ResourceId, string Resource, DateTimeOffset From, DateTimeOffset? To, string Reason, DateTimeOffset? EndedAt, Guid? RepairId, int HoldsReleased);

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        var time = new Interval(request.From.ToUniversalTime(), request.To.ToUniversalTime());
        if (time.End <= now || time.End <= time.Start || time.End - time.Start > TimeSpan.FromDays(LongestDays))
        {
            return Problems.Fields(("to", "must be in the future and after from, by a year at most"));
        }

        if (request.Reason?.Trim() is not { Length: > 0 and <= 200 } reason)
        {
            return Problems.Fields(("reason", "must be 1 to 200 characters, without names of patients"));
        }

        if (await BlockTime.OwnAsync(db, http, request.ResourceId, ct) is not { } resource)
        {
            return Problems.NotFound("resource-unknown", "Your center has no such resource.");
        }

        var by = http.Caller().Subject ?? http.Caller().ClientId ?? "clinic";
        await LockAsync(db, resource.Id, ct);
        var exception = Guid.CreateVersion7();
        db.CalendarExceptions.Add(new CalendarException
        {
            Id = exception,
            CenterId = resource.CenterId,
            ResourceId = resource.Id,
            FromAt = time.Start,
            ToAt = time.End,
            Kind = "closed",
            Reason = reason,
        });
        var outage = Declare(resource, time.Start, time.End, reason, exception, by, now);
        db.Outages.Add(outage);
        await db.SaveChangesAsync(ct);
        var (repair, released) = await RepairAsync(db, bus, resource, outage, ct);
        return TypedResults.Created(
            $"/clinic/outages/{outage.Id}", new Response(outage.Id, resource.Id, resource.Name, time.Start, time.End, reason, null, repair, released));
    }

    private static async Task<Ok<List<Response>>> HandleList(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var rows = await (
            from outage in db.Outages.AsNoTracking()
            where outage.CenterId == center
            join resource in db.Resources on outage.ResourceId equals resource.Id
            orderby outage.DeclaredAt descending
            select new { outage, resource.Name, Repair = db.Repairs.Where(x => x.OutageId == outage.Id).OrderByDescending(x => x.PlannedAt).Select(x => (Guid?)x.Id).FirstOrDefault() })
            .Take(100).ToListAsync(ct);
        return TypedResults.Ok(rows.ConvertAll(x => new Response(
            x.outage.Id, x.outage.ResourceId, x.Name, x.outage.FromAt, x.outage.ToAt, x.outage.Reason, x.outage.EndedAt, x.Repair, 0)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleEnd(Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var ended = await db.InTransactionAsync(
            async () =>
            {
                if (await db.Outages.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.CenterId == center, ct) is not { } outage)
                {
                    return (bool?)null;
                }

                await LockAsync(db, outage.ResourceId, ct);
                return outage.ExceptionId is not null && await EndAsync(db, bus, outage, ct);
            },
            ct);
        return ended switch
        {
            null => Problems.NotFound("outage-unknown", "Your center has no such outage."),
            false => Problems.Conflict("outage-over", "This outage has ended, or the machine's status closes it and only its status opens it again."),
            _ => TypedResults.NoContent(),
        };
    }

    /// <summary>Whoever takes time of the resource waits now, and sees that it is down when it may go on.</summary>
    public static Task<int> LockAsync(BookingDb db, Guid resourceId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync($"SELECT 1 FROM resources WHERE id = {resourceId} FOR UPDATE", ct);
    }

    public static Outage Declare(Resource resource, DateTimeOffset from, DateTimeOffset? to, string reason, Guid? exception, string by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new Outage
        {
            Id = Guid.CreateVersion7(),
            CenterId = resource.CenterId,
            ResourceId = resource.Id,
            FromAt = from,
            ToAt = to,
            Reason = reason,
            ExceptionId = exception,
            DeclaredBy = by,
            DeclaredAt = now,
        };
    }

    /// <summary>
    /// Ends unpaid holds of the time that is gone, then plans for those who paid. A hold is not moved instead: its holder agreed to no other time, and
    /// money for a time that cannot be given must not arrive. Money already on its way is returned whole by the ordinary rule for late deposits.
    /// </summary>
    public static async Task<(Guid? Repair, int Released)> RepairAsync(
        BookingDb db, IPublishEndpoint bus, Resource resource, Outage outage, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(outage);
        var holds = await db.Holds.FromSql(
            $"""
            UPDATE holds SET state = 'expired', holder = NULL
            WHERE state = 'held' AND id IN (
                SELECT hold_id FROM allocations
                WHERE resource_id = {resource.Id} AND state = 'held' AND during && tstzrange({outage.FromAt}, {outage.ToAt}, '[)'))
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        await ExpireHolds.EndAsync(db, bus, holds, ct);
        var repair = await PlanRepair.ForOutageAsync(db, resource.CenterId, outage.Id, resource.Id, outage.DeclaredBy, ct);
        await BlockTime.ChangedAsync(db, bus, resource, new Interval(outage.FromAt, outage.ToAt ?? outage.FromAt + FindStarts.Horizon), ct);
        return (repair, holds.Count);
    }

    /// <summary>Opens the rest of its time again. Plans that nobody was told of are withdrawn; what was applied stays until it is undone.</summary>
    public static async Task<bool> EndAsync(BookingDb db, IPublishEndpoint bus, Outage outage, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(outage);
        var ended = await db.Database.ExecuteSqlAsync(
            $"UPDATE outages SET ended_at = now(), to_at = greatest(from_at, now()) WHERE id = {outage.Id} AND ended_at IS NULL AND (to_at IS NULL OR to_at > now())", ct);
        if (ended == 0)
        {
            return false;
        }

        await db.Database.ExecuteSqlAsync($"DELETE FROM calendar_exceptions WHERE id = {outage.ExceptionId} AND from_at >= now()", ct);
        await db.Database.ExecuteSqlAsync($"UPDATE calendar_exceptions SET to_at = now() WHERE id = {outage.ExceptionId} AND to_at > now()", ct);
        await PlanRepair.WithdrawAsync(db, outage.ResourceId, pendingToo: true, ct);
        var resource = await db.Resources.AsNoTracking().SingleAsync(x => x.Id == outage.ResourceId, ct);
        var now = await db.NowAsync(ct);
        await BlockTime.ChangedAsync(db, bus, resource, new Interval(now, outage.ToAt ?? now + FindStarts.Horizon), ct);
        await FreedTime.NoteAsync(db, bus, outage.CenterId, [new Interval(now, outage.ToAt ?? now + FindStarts.Horizon)], ct);
        return true;
    }
}
