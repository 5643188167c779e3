using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Feeds;

/// <summary>
/// A session as a calendar shows it. Uid and sequence are those of the calendar files that Notifications mails: a visit's are its booking's, every other
/// session has its own.
/// </summary>
public sealed record FeedEvent(
    string Uid,
    int Sequence,
    string State,
    string Reference,
    int Number,
    int Count,
    DateTimeOffset Start,
    DateTimeOffset End,
    DateTimeOffset ChangedAt,
    Dictionary<string, string> ProcedureNames,
    Dictionary<string, string> CenterNames)
{
    private const int Most = 5_000;

    /// <summary>
    /// What a feed tells: the last 90 days and all that is ahead; a cancelled session for 30 days, so that every calendar program hears of it. In a
    /// resource's calendar a session that went to another one is cancelled too, at the time it had here.
    /// </summary>
    public static async Task<List<FeedEvent>> OfAsync(BookingDb db, Feed feed, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(feed);
        var resources = feed.ResourceId is { } id ? new[] { id } : [];
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT s.id AS "SessionId", b.id AS "BookingId", b.reference AS "Reference", s.number AS "Number", s.state AS "State",
                   s.starts_at AS "StartsAt", s.ends_at AS "EndsAt",
                   CASE WHEN s.id = b.id THEN b.sequence ELSE s.sequence END AS "Sequence",
                   CASE WHEN s.id = b.id THEN b.changed_at ELSE s.changed_at END AS "ChangedAt",
                   (SELECT count(*)::int FROM sessions o WHERE o.booking_id = b.id) AS "Count",
                   b.procedure_names::text AS "ProcedureNames", b.center_names::text AS "CenterNames"
            FROM sessions s JOIN bookings b ON b.id = s.booking_id
            WHERE s.id IN (
                SELECT id FROM sessions WHERE booking_id = {feed.BookingId}
                UNION ALL SELECT o.id FROM bookings p JOIN sessions o ON o.booking_id = p.id WHERE p.patient_subject = {feed.PatientSubject}
                UNION ALL SELECT id FROM sessions WHERE resource_ids && {resources})
              AND s.ends_at > now() - interval '90 days'
              AND (s.state IN ('booked', 'proposed', 'delivered', 'missed') OR (s.state = 'cancelled' AND s.changed_at > now() - interval '30 days'))
            UNION ALL
            SELECT s.id, b.id, b.reference, s.number, 'cancelled', d.starts_at, d.ends_at, CASE WHEN s.id = b.id THEN b.sequence ELSE s.sequence END, d.left_at,
                   (SELECT count(*)::int FROM sessions o WHERE o.booking_id = b.id), b.procedure_names::text, b.center_names::text
            FROM session_departures d JOIN sessions s ON s.id = d.session_id JOIN bookings b ON b.id = s.booking_id
            WHERE d.resource_id = ANY({resources}) AND d.left_at > now() - interval '30 days' AND d.ends_at > now() - interval '90 days'
            ORDER BY 6, 1 LIMIT {Most}
            """).ToListAsync(ct);
        return rows.ConvertAll(row => new FeedEvent(
            UidOf(row.SessionId, row.BookingId, row.Reference), row.Sequence, row.State, row.Reference, row.Number, row.Count, row.StartsAt, row.EndsAt,
            row.ChangedAt, Names(row.ProcedureNames), Names(row.CenterNames)));
    }

    /// <summary>Written the same way in Notifications (CalendarEntry): a UID never changes once a calendar knows it.</summary>
    public static string UidOf(Guid sessionId, Guid bookingId, string reference) => sessionId == bookingId ? $"{reference}@medtourism" : $"{sessionId}@medtourism";

    private static Dictionary<string, string> Names(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private sealed record Row(
        Guid SessionId, Guid BookingId, string Reference, int Number, string State, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Sequence,
        DateTimeOffset ChangedAt, int Count, string ProcedureNames, string CenterNames);
}
