using MedTourism.Booking.Offers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Demo;

/// <summary>Opens the weeks of every laboratory that sells cycles, so that they can be reserved in the demonstration. The numbers are illustrative.</summary>
public static class DemoLaboratories
{
    private const int Retrievals = 24;
    private const int Transfers = 30;
    private const int Weeks = 60;

    public static Task<int> OpenAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO cycle_capacity (center_id, step, week, capacity)
            SELECT c.center_id, s.step, (date_trunc('week', now()) + n * interval '7 days')::date, s.capacity
            FROM (SELECT DISTINCT center_id FROM offer_terms WHERE mode = {OfferTerms.Cycle}) AS c,
                 (VALUES ('retrieval', {Retrievals}), ('transfer', {Transfers})) AS s(step, capacity), generate_series(0, {Weeks}) AS n
            ON CONFLICT DO NOTHING
            """,
            ct);
    }
}
