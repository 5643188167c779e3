using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Letters;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Calendars;

/// <summary>The latest that was said about when a booking is. The highest sequence wins; at the same sequence, the cancellation.</summary>
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
        };
    }

    /// <summary>Stores this entry unless a newer one is known; false if it is old news.</summary>
    public async Task<bool> KeepIfNewerAsync(NotificationsDb db, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO calendars(booking_id, reference, sequence, cancelled, procedure_names, center_names, time_zone, starts_at, ends_at, changed_at)
            VALUES ({BookingId}, {Reference}, {Sequence}, {Cancelled}, {JsonSerializer.Serialize(ProcedureNames)}::jsonb,
                    {JsonSerializer.Serialize(CenterNames)}::jsonb, {TimeZone}, {StartsAt}, {EndsAt}, {ChangedAt})
            ON CONFLICT (booking_id) DO UPDATE SET sequence = excluded.sequence, cancelled = excluded.cancelled, procedure_names = excluded.procedure_names,
                center_names = excluded.center_names, time_zone = excluded.time_zone, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
                changed_at = excluded.changed_at
            WHERE (excluded.sequence, excluded.cancelled) > (calendars.sequence, calendars.cancelled)
            """,
            ct) == 1;

    /// <summary>The event as this reader may see it: a neutral one names neither the treatment nor the center.</summary>
    public CalendarEvent ToEvent(Recipient to, PublicSite site)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(site);
        var texts = to.Texts;
        var zone = Recipient.FindZone(TimeZone) ?? Recipient.Kazakhstan;
        return new CalendarEvent(
            Reference,
            Sequence,
            Cancelled,
            to.Neutral ? texts["calendar.neutral"] : texts.Name(ProcedureNames).Text,
            to.Neutral ? null : texts.Name(CenterNames).Text,
            texts.Phrase("calendar.description", ("reference", Reference), ("time", texts.Time(StartsAt, zone)), ("offset", Texts.Offset(StartsAt, zone))).Plain,
            site.Booking(texts, BookingId),
            zone,
            StartsAt,
            EndsAt,
            ChangedAt,
            texts["calendar.alarm"],
            site.From);
    }
}
