using MedTourism.Booking.Bookings;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>A cycle, for its patient and its center; and the cycles of a center that are ahead.</summary>
public static class ShowCycle
{
    private const int MostListed = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/cycles/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");
        app.MapGet("/clinic/cycles", HandleList).RequireOrganisation("clinic").RequireRateLimiting("search");
    }

    public static ProblemHttpResult Unknown() => Problems.NotFound("cycle-unknown", "There is no such cycle, or you cannot see it.");

    public static Task<Guid?> BookingOfAsync(BookingDb db, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return (from cycle in db.Cycles join hold in db.Holds on cycle.Id equals hold.Id where cycle.Id == id select hold.BookingId).SingleOrDefaultAsync(ct);
    }

    private static async Task<Results<Ok<CycleView>, ProblemHttpResult>> Handle(
        Guid id, [FromHeader(Name = AccessKey.Header)] string? key, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (!await db.Cycles.AnyAsync(x => x.Id == id, ct))
        {
            return Unknown();
        }

        if (await BookingOfAsync(db, id, ct) is { } bookingId)
        {
            if (await BookingAccess.FindAsync(db, http, bookingId, ct) is not ({ } booking, { } role))
            {
                return Unknown();
            }

            if (role != "patient")
            {
                await ShowBooking.ViewedAsync(db, http, booking, role, ct);
            }
        }
        else if (await ShowHold.FindAsync(db, id, key, ct) is null)
        {
            return Unknown();
        }

        return TypedResults.Ok(await CycleView.LoadAsync(db, id, ct));
    }

    /// <summary>Confirmed ones whose last step is not past, next first. No names: the booking shows them.</summary>
    private static async Task<Ok<List<CycleView>>> HandleList(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var now = await db.NowAsync(ct);
        var ids = await (
            from cycle in db.Cycles.AsNoTracking()
            join booking in db.Bookings.AsNoTracking() on cycle.Id equals booking.HoldId
            where cycle.CenterId == center && booking.State == BookingState.Confirmed && booking.EndsAt > now
            orderby cycle.Day1, cycle.Id
            select cycle.Id).Take(MostListed).ToListAsync(ct);
        List<CycleView> list = [];
        foreach (var id in ids)
        {
            list.Add(await CycleView.LoadAsync(db, id, ct));
        }

        return TypedResults.Ok(list);
    }
}
