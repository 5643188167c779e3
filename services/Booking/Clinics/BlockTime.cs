using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Clinics;

/// <summary>Keeps time of a center's own resource for other purposes: service, quality assurance, a patient of its own. Never over a held or booked time.</summary>
public static class BlockTime
{
    private const int LongestDays = 366;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/clinic/blocks", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapDelete("/clinic/blocks/{id:guid}", HandleRemove).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    public sealed record Request(Guid ResourceId, DateTimeOffset Start, DateTimeOffset End, string? Reason);

    public sealed record Response(Guid Id, Guid ResourceId, DateTimeOffset Start, DateTimeOffset End, string Reason);

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var time = new Interval(request.Start.ToUniversalTime(), request.End.ToUniversalTime());
        if (time.End <= time.Start || time.End - time.Start > TimeSpan.FromDays(LongestDays))
        {
            return Problems.Fields(("end", "must be after the start, by a year at most"));
        }

        if (request.Reason?.Trim() is not { Length: > 0 and <= 200 } reason)
        {
            return Problems.Fields(("reason", "must be 1 to 200 characters, without names of patients"));
        }

        if (await OwnAsync(db, http, request.ResourceId, ct) is not { } resource)
        {
            return Problems.NotFound("resource-unknown", "Your center has no such resource.");
        }

        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '2s'", ct);
        if (await TakeTime.BlockAsync(db, resource.Id, time, reason, ct) is not { } id)
        {
            return Problems.Conflict("time-occupied", "Some of this time is held, booked or blocked already.");
        }

        await ChangedAsync(db, bus, resource, time, ct);
        return TypedResults.Created($"/clinic/blocks/{id}", new Response(id, resource.Id, time.Start, time.End, reason));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleRemove(
        Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var removed = await db.InTransactionAsync(
            async () =>
            {
                var rows = await db.Allocations.FromSql(
                    $"""
                    DELETE FROM allocations a USING resources r
                    WHERE a.id = {id} AND a.state = 'blocked' AND r.id = a.resource_id AND r.center_id = {center} RETURNING a.*
                    """).AsNoTracking().ToListAsync(ct);
                if (rows is not [var block])
                {
                    return false;
                }

                var resource = await db.Resources.AsNoTracking().SingleAsync(x => x.Id == block.ResourceId, ct);
                await ChangedAsync(db, bus, resource, new Interval(block.StartsAt, block.EndsAt), ct);
                await FreedTime.NoteAsync(db, bus, center, [new Interval(block.StartsAt, block.EndsAt)], ct);
                return true;
            },
            ct);
        return removed ? TypedResults.NoContent() : Problems.NotFound("block-unknown", "Your center has no such block.");
    }

    /// <summary>The resource, if it is the caller's center's.</summary>
    public static Task<Resource?> OwnAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return db.Resources.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.CenterId == center, ct);
    }

    public static async Task ChangedAsync(BookingDb db, IPublishEndpoint bus, Resource resource, Interval time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(resource);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(resource.TimeZone);
        var message = new AvailabilityChanged(resource.CenterId, resource.Id, Day(time.Start), Day(time.End), await db.NowAsync(ct));
        await bus.PublishFor(resource.Id, message, ct);

        DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);
    }
}
