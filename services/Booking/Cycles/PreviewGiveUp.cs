using MedTourism.Booking.Bookings;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// What would follow if a cycle were given up now and the next began on a day: its dates, whether its weeks have room and, if not, the first later day
/// whose weeks have. The weeks that the cycle keeps itself count as free. Changes nothing; asked by POST, because the day is medical.
/// </summary>
public static class PreviewGiveUp
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/cycles/{id:guid}/give-up/preview", Handle).RequireOrganisation("clinic", "doctor").RequireRateLimiting("search");

    /// <summary>Day 1 of the next cycle; without it, the pattern's usual one.</summary>
    public sealed record Request(DateOnly? Day1 = null);

    private static async Task<Results<Ok<ReserveCycle.Preview>, ProblemHttpResult>> Handle(Guid id, Request request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await ShowCycle.BookingOfAsync(db, id, ct) is not { } bookingId || await BookingAccess.FindAsync(db, http, bookingId, ct) is not (_, "clinic"))
        {
            return ShowCycle.Unknown();
        }

        var cycle = await db.Cycles.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        return cycle.NextDay1(request.Day1) is { } day1
            ? TypedResults.Ok(await ReserveCycle.PreviewAsync(
                db, new Cycle { Id = id, CenterId = cycle.CenterId, TimeZone = cycle.TimeZone, Pattern = cycle.Pattern, State = Cycle.Expected, Day1 = day1 }, ct))
            : Cycle.NextDay1Wrong();
    }
}
