using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Resources;

/// <summary>Monday to Friday, 08:00 to 18:00, until the center tells its own hours.</summary>
public static class DefaultHours
{
    public const string Note = "default, center to confirm";

    public static Task<int> AddIfNoneAsync(BookingDb db, Guid resourceId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO weekly_hours (resource_id, weekday, from_local, to_local, note)
            SELECT {resourceId}, day, '08:00', '18:00', {Note} FROM generate_series(1, 5) AS day
            WHERE NOT EXISTS (SELECT 1 FROM weekly_hours WHERE resource_id = {resourceId})
            """,
            ct);
}
