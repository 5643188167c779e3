using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>A booking, for who may see it; and a patient's own ones.</summary>
public static class ShowBooking
{
    private const int MostListed = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/bookings/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");
        app.MapGet("/bookings/mine", HandleMine).RequireAuthorization().RequireRateLimiting("search");
    }

    private static async Task<Results<Ok<BookingView>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } booking, { } role))
        {
            return BookingAccess.Unknown();
        }

        if (role != "patient")
        {
            await ViewedAsync(db, http, booking, role, ct);
        }

        return TypedResults.Ok(await BookingView.LoadAsync(db, id, ct));
    }

    private static async Task<Ok<List<BookingView>>> HandleMine(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var subject = http.Caller().Subject;
        var ids = subject is null ? [] : await db.Bookings.AsNoTracking()
            .Where(x => x.PatientSubject == subject).OrderByDescending(x => x.StartsAt).Select(x => x.Id).Take(MostListed).ToListAsync(ct);
        var list = new List<BookingView>();
        foreach (var id in ids)
        {
            list.Add(await BookingView.LoadAsync(db, id, ct));
        }

        return TypedResults.Ok(list);
    }

    /// <summary>Notes who of an organisation read personal data.</summary>
    public static async Task ViewedAsync(BookingDb db, HttpContext http, Booking booking, string role, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        var caller = http.Caller();
        db.BookingEvents.Add(new BookingEvent(
            booking.Id, "viewed", null, null, $"{role}:{caller.Subject ?? caller.ClientId}", null, await db.NowAsync(ct)));
        await db.SaveChangesAsync(ct);
    }
}
