using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using System.Security.Cryptography;

namespace MedTourism.Booking.Bookings;

/// <summary>Trades the code from the e-mail for a key to the booking. Every try is counted before it is looked at.</summary>
public static class ConfirmCode
{
    private const int MostTries = 5;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/bookings/find/confirm", Handle).AllowAnonymous().RequireRateLimiting("codes");

    public sealed record Request(string? Reference, string? Code);

    public sealed record Response(Guid BookingId, string AccessKey);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Request request, BookingDb db, CancellationToken ct)
    {
        var reference = Reference.Normalise(request.Reference);

        // A transaction of its own: the try counts whatever follows. Two tries at once wait for each other here.
        var counted = await db.BookingCodes.FromSql(
            $"""
            UPDATE booking_codes SET tries = tries + 1
            WHERE id = (SELECT c.id FROM booking_codes c JOIN bookings b ON b.id = c.booking_id
                        WHERE b.reference = {reference} ORDER BY c.created_at DESC, c.id DESC LIMIT 1)
              AND used_at IS NULL AND expires_at > now() AND tries < {MostTries}
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (counted is not [var code] || !CryptographicOperations.FixedTimeEquals(code.CodeHash, FindBooking.Hash(code.Id, (request.Code ?? string.Empty).Trim())))
        {
            return Problems.Invalid("code-wrong", "This code is wrong or no longer good. Ask for a new one after five tries or ten minutes.");
        }

        var key = AccessKey.New();
        var opened = await db.InTransactionAsync(
            async () =>
            {
                if (await db.Database.ExecuteSqlAsync($"UPDATE booking_codes SET used_at = now() WHERE id = {code.Id} AND used_at IS NULL", ct) == 0)
                {
                    return false;
                }

                var now = await db.NowAsync(ct);
                db.BookingKeys.Add(new BookingKey { BookingId = code.BookingId, KeyHash = AccessKey.Hash(key), CreatedAt = now });
                db.BookingEvents.Add(new BookingEvent(code.BookingId, "found-by-code", null, null, "patient", null, now));
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
        return opened
            ? TypedResults.Ok(new Response(code.BookingId, key))
            : Problems.Invalid("code-wrong", "This code was already used. Ask for a new one.");
    }
}
