using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Letters;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Calendars;

/// <summary>The latest that was said about when a booking and its sessions are. The highest sequence wins; at the same sequence, the cancellation.</summary>
public sealed class CalendarEntry
{
    public required Guid BookingId { get; init; }

    public required string Reference { get; init; }

    public required int Sequence { get; init; }

    public required bool Cancelled { get; init; }

    public required Dictionary<string, string> ProcedureNames { get; init; }

    public required Dictionary<string, string> CenterNames { get; init; }

    public required string TimeZone { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public List<BookedSession>? Sessions { get; init; }

    public static CalendarEntry From(BookingConfirmed booking)
    {
        ArgumentNullException.ThrowIfNull(booking);
        return new CalendarEntry
        {
            BookingId = booking.BookingId,
            Reference = booking.Reference,
            Sequence = booking.Sequence,
            Cancelled = false,
            ProcedureNames = booking.ProcedureNames,
            CenterNames = booking.CenterNames,
            TimeZone = booking.TimeZone,
            StartsAt = booking.Start.ToUniversalTime(),
            EndsAt = booking.End.ToUniversalTime(),
            ChangedAt = booking.ConfirmedAt.ToUniversalTime(),
            Sessions = booking.Sessions?.ToList(),
        };
    }

    public static CalendarEntry From(BookingRescheduled booking)
    {
        ArgumentNullException.ThrowIfNull(booking);
        return new CalendarEntry
        {
            BookingId = booking.BookingId,
            Reference = booking.Reference,
            Sequence = booking.Sequence,
            Cancelled = false,
            ProcedureNames = booking.ProcedureNames,
            CenterNames = booking.CenterNames,
            TimeZone = booking.TimeZone,
            StartsAt = booking.Start.ToUniversalTime(),
            EndsAt = booking.End.ToUniversalTime(),
            ChangedAt = booking.RescheduledAt.ToUniversalTime(),
            Sessions = [.. booking.Sessions],
        };
    }

    public static CalendarEntry From(BookingCancelled booking)
    {
        ArgumentNullException.ThrowIfNull(booking);
        return new CalendarEntry
        {
            BookingId = booking.BookingId,
            Reference = booking.Reference,
            Sequence = booking.Sequence,
            Cancelled = true,
            ProcedureNames = booking.ProcedureNames,
            CenterNames = booking.CenterNames,
            TimeZone = booking.TimeZone,
            StartsAt = booking.Start.ToUniversalTime(),
            EndsAt = booking.End.ToUniversalTime(),
            ChangedAt = booking.CancelledAt.ToUniversalTime(),
            Sessions = booking.Sessions?.ToList(),
        };
    }

    /// <summary>Stores this entry unless a newer one is known; false if it is old news.</summary>
    public async Task<bool> KeepIfNewerAsync(NotificationsDb db, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO calendars(booking_id, reference, sequence, cancelled, procedure_names, center_names, time_zone, starts_at, ends_at, changed_at, sessions)
            VALUES ({BookingId}, {Reference}, {Sequence}, {Cancelled}, {JsonSerializer.Serialize(ProcedureNames)}::jsonb,
                    {JsonSerializer.Serialize(CenterNames)}::jsonb, {TimeZone}, {StartsAt}, {EndsAt}, {ChangedAt},
                    {(Sessions is null ? null : JsonSerializer.Serialize(Sessions))}::jsonb)
            ON CONFLICT (booking_id) DO UPDATE SET sequence = excluded.sequence, cancelled = excluded.cancelled, procedure_names = excluded.procedure_names,
                center_names = excluded.center_names, time_zone = excluded.time_zone, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
                changed_at = excluded.changed_at, sessions = coalesce(excluded.sessions, calendars.sessions)
            WHERE (excluded.sequence, excluded.cancelled) > (calendars.sequence, calendars.cancelled)
            """,
            ct) == 1;

    /// <summary>One event for each session as this reader may see it: a neutral one names neither the treatment nor the center, nor how many there are.</summary>
    public IReadOnlyList<CalendarEvent> ToEvents(Recipient to, PublicSite site)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(site);
        return Sessions is { Count: > 0 } sessions
            ? [.. sessions.OrderBy(session => session.Number).Select(session => ToEvent(to, site, session, sessions.Count))]
            : [ToEvent(to, site, new BookedSession(BookingId, 1, "visit", StartsAt, EndsAt, "booked", Sequence), 1)];
    }

    private CalendarEvent ToEvent(Recipient to, PublicSite site, BookedSession session, int count)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(TimeZone) ?? Recipient.Kazakhstan;
        var start = session.Start.ToUniversalTime();

        // A visit is its booking, and known by its reference since before there were sessions. Booking writes its feeds the same way (FeedEvent).
        var isVisit = session.SessionId == BookingId;
        var ahead = session.State is "booked" or "proposed" or "held";
        return new CalendarEvent(
            isVisit ? $"{Reference}@medtourism" : $"{session.SessionId}@medtourism",
            isVisit ? Sequence : session.Sequence + (Cancelled && ahead ? 1 : 0),
            session.State == "cancelled" || (Cancelled && ahead),
            to.Neutral ? texts["calendar.neutral"] : texts.Name(ProcedureNames).Text + (count > 1 ? $" · {session.Number}/{count}" : string.Empty),
            to.Neutral ? null : texts.Name(CenterNames).Text,
            texts.Phrase("calendar.description", ("reference", Reference), ("time", texts.Time(start, zone)), ("offset", Texts.Offset(start, zone))).Plain,
            site.Booking(texts, BookingId),
            zone,
            start,
            session.End.ToUniversalTime(),
            ChangedAt,
            texts["calendar.alarm"],
            site.From);
    }
}
