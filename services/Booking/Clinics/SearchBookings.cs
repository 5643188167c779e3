using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Clinics;

/// <summary>Finds a center's bookings, of any day, by a part of the reference or by words of the patient's name.</summary>
public static class SearchBookings
{
    private const int Most = 50;
    private const int ShortestReference = 3;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/clinic/bookings", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");

    /// <summary>The nearest to now come first. <see cref="More"/> if there are others.</summary>
    public sealed record Response(List<ShowDay.Appointment> Appointments, bool More);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(string? q, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (q?.Trim() is not { Length: >= 2 and <= 100 } typed)
        {
            return Problems.Fields(("q", "must be 2 to 100 characters: part of a reference, or of a name"));
        }

        var center = http.Caller().OrganisationRef ?? string.Empty;
        var letters = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        var reference = letters.Length >= ShortestReference ? $"%{letters}%" : null;
        var words = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"%{Escape(word)}%").ToArray();
        var ids = await db.Database.SqlQuery<Guid>(
            $"""
            SELECT b.id AS "Value" FROM bookings b LEFT JOIN booking_people p ON p.booking_id = b.id
            WHERE b.center_id = {center} AND (replace(b.reference, '-', '') LIKE {reference}
                OR (SELECT bool_and(concat_ws(' ', p.given_names, p.family_name) ILIKE word) FROM unnest({words}) AS word) AND p.booking_id IS NOT NULL)
            ORDER BY abs(extract(epoch FROM b.starts_at - now())), b.id LIMIT {Most + 1}
            """).ToListAsync(ct);
        var found = await ShowDay.AppointmentsAsync(db, [.. ids.Take(Most)], ct);
        return TypedResults.Ok(new Response(found, ids.Count > Most));
    }

    /// <summary>What was typed means itself, also a per cent sign.</summary>
    private static string Escape(string word) =>
        word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
