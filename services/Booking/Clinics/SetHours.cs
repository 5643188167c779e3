using MassTransit;
using MedTourism.Booking.Resources;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Clinics;

/// <summary>Replaces the weekly hours of a center's own resource. Bookings already made outside of them stay.</summary>
public static class SetHours
{
    private const int Most = 50;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPut("/clinic/resources/{id:guid}/hours", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");

    public sealed record Request(List<Entry>? Hours);

    public sealed record Entry(int Weekday, TimeOnly From, TimeOnly To, DateOnly? ValidFrom = null, DateOnly? ValidTo = null);

    private static async Task<Results<Ok<KeepResources.Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (request.Hours is not { Count: <= Most } entries || entries.Exists(x => x.Weekday is < 1 or > 7 || x.ValidTo < x.ValidFrom))
        {
            return Problems.Fields(("hours", $"must be at most {Most} entries with weekday 1 (Monday) to 7 and validFrom not after validTo"));
        }

        if (await BlockTime.OwnAsync(db, http, id, ct) is not { } resource)
        {
            return Problems.NotFound("resource-unknown", "Your center has no such resource.");
        }

        await db.InTransactionAsync(
            async () =>
            {
                // Two at once take turns on the resource, so the hours of one of them are left, not those of both.
                await db.Database.ExecuteSqlAsync($"SELECT 1 FROM resources WHERE id = {id} FOR UPDATE", ct);
                await db.Database.ExecuteSqlAsync($"DELETE FROM weekly_hours WHERE resource_id = {id}", ct);
                db.WeeklyHours.AddRange(entries.Select(x => new WeeklyHours
                {
                    ResourceId = id,
                    Weekday = (short)x.Weekday,
                    FromLocal = x.From,
                    ToLocal = x.To,
                    ValidFrom = x.ValidFrom,
                    ValidTo = x.ValidTo,
                }));
                await db.SaveChangesAsync(ct);
                await KeepResources.ChangedAsync(db, bus, resource, ct);
            },
            ct);
        var hours = await db.WeeklyHours.AsNoTracking().Where(x => x.ResourceId == id).ToListAsync(ct);
        return TypedResults.Ok(KeepResources.Describe(resource, hours));
    }
}
