using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Stops the readings of a calendar and goes on with them, as when a clinic changes its other system. Meanwhile what it took stays taken: to free that,
/// the calendar is removed.
/// </summary>
public static class PauseImport
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/clinic/imports/{id:guid}/pause", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
        app.MapPost("/clinic/imports/{id:guid}/resume", HandleResume).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE imports SET paused_at = coalesce(paused_at, now()) WHERE id = {id} AND center_id = {center} AND kind = 'url'", ct) == 0
            ? KeepImports.Unknown()
            : TypedResults.NoContent();
    }

    /// <summary>It is read at once: much may have changed.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> HandleResume(
        Guid id, HttpContext http, BookingDb db, ReadImports.Signal signal, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        if (await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE imports SET paused_at = NULL, next_read_at = CASE WHEN paused_at IS NULL THEN next_read_at ELSE now() END
            WHERE id = {id} AND center_id = {center} AND kind = 'url'
            """,
            ct) == 0)
        {
            return KeepImports.Unknown();
        }

        signal.Set();
        return TypedResults.NoContent();
    }
}
