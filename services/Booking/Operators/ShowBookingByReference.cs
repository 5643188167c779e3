using MedTourism.Booking.Bookings;
using MedTourism.Booking.Clinics;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Operators;

/// <summary>The operator finds a booking by the reference a caller reads out. Each reading is noted.</summary>
public static class ShowBookingByReference
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/operator/bookings/{reference}", Handle).RequireOrganisation("operator").RequireRateLimiting("search");

    private static async Task<Results<Ok<ShowClinicBooking.Response>, ProblemHttpResult>> Handle(
        string reference, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var wanted = Reference.Normalise(reference);
        if (await db.Bookings.AsNoTracking().SingleOrDefaultAsync(x => x.Reference == wanted, ct) is not { } booking)
        {
            return BookingAccess.Unknown();
        }

        await ShowBooking.ViewedAsync(db, http, booking, "operator", ct);
        return TypedResults.Ok(await ShowClinicBooking.LoadAsync(db, booking.Id, ct));
    }
}
