using System.Security.Cryptography;
using System.Text;
using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>
/// Lets a person without an account back to their booking: reference and date of birth, then a code by e-mail. The request is only written down, the
/// same for every input; a worker decides later whether it matches, so neither the answer nor its time tells whether a booking exists.
/// </summary>
public static class FindBooking
{
    private const int CodeMinutes = 10;
    private const int MostCodesAnHour = 5;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/bookings/find", Handle).AllowAnonymous().RequireRateLimiting("codes");

    public sealed record Request(string? Reference, DateOnly? DateOfBirth);

    private static async Task<Accepted> Handle(Request request, BookingDb db, SendCodes.Signal signal, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO booking_code_requests (reference, date_of_birth)
            VALUES ({Reference.Normalise(request.Reference)}, {request.DateOfBirth ?? DateOnly.MinValue})
            """,
            ct);
        signal.Set();
        return TypedResults.Accepted((string?)null);
    }

    public static byte[] Hash(Guid codeId, string code) => SHA256.HashData(Encoding.UTF8.GetBytes($"{codeId}:{code}"));

    /// <summary>Turns written-down requests that match a booking into codes, and asks for their e-mails.</summary>
    public static Task<int> SendOnceAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                var requests = await db.Database.SqlQuery<Wanted>(
                    $"""
                    DELETE FROM booking_code_requests WHERE id IN (SELECT id FROM booking_code_requests ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED)
                    RETURNING reference AS "Reference", date_of_birth AS "DateOfBirth"
                    """).ToListAsync(ct);
                foreach (var wanted in requests)
                {
                    await SendAsync(db, bus, wanted, ct);
                }

                return requests.Count;
            },
            ct);
    }

    private static async Task SendAsync(BookingDb db, IPublishEndpoint bus, Wanted wanted, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
        var issued = await db.BookingCodes.FromSql(
            $"""
            INSERT INTO booking_codes (id, booking_id, code_hash, expires_at)
            SELECT {id}, b.id, {Hash(id, code)}, now() + make_interval(mins => {CodeMinutes})
            FROM bookings b JOIN booking_people p ON p.booking_id = b.id
            WHERE b.reference = {wanted.Reference} AND p.date_of_birth = {wanted.DateOfBirth}
              AND (SELECT count(*) FROM booking_codes c WHERE c.booking_id = b.id AND c.created_at > now() - interval '1 hour') < {MostCodesAnHour}
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (issued is [var row])
        {
            await bus.PublishFor(row.BookingId, new BookingCodeRequested(row.BookingId, code, row.ExpiresAt), ct);
        }
    }

    private sealed record Wanted(string Reference, DateOnly DateOfBirth);
}
