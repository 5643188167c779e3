using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Demo;

/// <summary>In the demonstration the units of one machine are beam-matched, so that courses can change between them. Whether real ones are, their center says.</summary>
public static class DemoMachines
{
    public static Task<int> MatchAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE resources r SET matched_set = r.equipment_id
            WHERE r.matched_set IS NULL AND r.equipment_id IN (SELECT equipment_id FROM resources WHERE equipment_id IS NOT NULL GROUP BY equipment_id HAVING count(*) > 1)
            """,
            ct);
    }
}
