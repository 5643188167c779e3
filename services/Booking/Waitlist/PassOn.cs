using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Holds;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>What the end of a hold means for the one it was offered to: the entry waits on in its place, or is over.</summary>
public static class PassOn
{
    /// <summary>
    /// Call it for every hold that ends unused, in the same transaction, before <see cref="FreedTime.NoteAsync(BookingDb, IPublishEndpoint, string, IReadOnlyCollection{Interval}, CancellationToken)"/>.
    /// </summary>
    /// <returns>The window of an entry that waits again: time that became free while it had an offer was not offered to it. Empty otherwise.</returns>
    public static async Task<List<Interval>> EndedAsync(BookingDb db, IPublishEndpoint bus, Hold hold, bool lapsed, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(hold);
        var offerState = lapsed ? WaitlistOffer.Lapsed : WaitlistOffer.Declined;
        var ended = await db.WaitlistOffers.FromSql(
            $"UPDATE waitlist_offers SET state = {offerState}, ended_at = now() WHERE hold_id = {hold.Id} AND state = 'live' RETURNING *")
            .AsNoTracking().ToListAsync(ct);
        if (ended is not [var offer])
        {
            return [];
        }

        var (lapse, most) = (lapsed ? 1 : 0, FreedTime.Options(db).WaitlistMostLapses);
        var entries = await db.WaitlistEntries.FromSql(
            $"""
            UPDATE waitlist_entries SET changed_at = now(), lapses = lapses + {lapse},
                state = CASE WHEN lapses + {lapse} >= {most} AND {lapse} = 1 THEN 'ended' ELSE 'waiting' END,
                ended_because = CASE WHEN lapses + {lapse} >= {most} AND {lapse} = 1 THEN 'offers-lapsed' END,
                caller = CASE WHEN lapses + {lapse} >= {most} AND {lapse} = 1 THEN NULL ELSE caller END,
                person = CASE WHEN lapses + {lapse} >= {most} AND {lapse} = 1 THEN NULL ELSE person END
            WHERE id = {offer.EntryId} AND state = 'offered' RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (entries is not [var entry])
        {
            return [];
        }

        await bus.PublishFor(entry.Id, new WaitlistOfferLapsed(entry.Id, entry.OfferId, hold.Id, entry.IsLive, now), ct);
        if (entry.IsLive)
        {
            return [new Interval(entry.FromAt, entry.ToAt)];
        }

        await ForgetAsync(db, [entry.Id], ct);
        return [];
    }

    /// <summary>The offer's hold was used: the entry has what it waited for.</summary>
    public static async Task BookedAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        var entries = await db.Database.SqlQuery<Guid>(
            $"UPDATE waitlist_offers SET state = 'booked', ended_at = now() WHERE hold_id = {booking.HoldId} AND state <> 'booked' RETURNING entry_id AS \"Value\"")
            .ToListAsync(ct);
        if (entries is not [var entryId])
        {
            return;
        }

        // Money that came late may find the entry waiting again, or with a later offer, which the worker then lets go.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE waitlist_entries SET state = 'booked', booking_id = {booking.Id}, ended_because = NULL, caller = NULL, person = NULL, changed_at = now()
            WHERE id = {entryId} AND state IN ('waiting', 'offered', 'ended')
            """,
            ct);
        await ForgetAsync(db, [entryId], ct);
    }

    public static async Task ForgetAsync(BookingDb db, Guid[] entries, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync($"DELETE FROM waitlist_people WHERE entry_id = ANY({entries})", ct);
    }
}
