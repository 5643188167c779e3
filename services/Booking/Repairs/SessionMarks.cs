using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>What staff may do with a session now: mark it, or take today's mark back. The other marks of a booking are history.</summary>
public sealed record SessionMarks(Guid SessionId, bool Markable, bool Undoable)
{
    public static Task<List<SessionMarks>> OfAsync(BookingDb db, Guid bookingId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.SqlQuery<SessionMarks>(
            $"""
            SELECT s.id AS "SessionId", NOT x.made_up AS "Markable",
                   NOT x.made_up AND s.state IN ('delivered', 'missed') AND s.marked_from IS NOT NULL
                       AND (s.marked_at AT TIME ZONE b.time_zone)::date = (now() AT TIME ZONE b.time_zone)::date AS "Undoable"
            FROM sessions s JOIN bookings b ON b.id = s.booking_id
            CROSS JOIN LATERAL (SELECT s.state = 'missed' AND session_made_up(s.id, s.booking_id) AS made_up) AS x
            WHERE s.booking_id = {bookingId} AND b.state = 'confirmed' AND s.starts_at <= now() AND s.state IN ('booked', 'proposed', 'delivered', 'missed')
            ORDER BY s.number
            """).ToListAsync(ct);
    }
}
