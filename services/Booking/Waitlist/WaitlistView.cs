using MedTourism.Booking.Holds;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>An entry as the one who waits sees it.</summary>
/// <remarks><c>ahead</c>: How many wait for the same offer and joined before; 0 for who is next, and for an entry that is over. <c>endedBecause</c>:
/// <c>window-past</c>, <c>offers-lapsed</c> or null.</remarks>
public sealed record WaitlistView(
    Guid Id,
    string State,
    int Ahead,
    Guid OfferId,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string TimeZone,
    DateOnly From,
    DateOnly To,
    int[] Weekdays,
    TimeOnly? Earliest,
    TimeOnly? Latest,
    WaitlistView.Held? Offer,
    int LapsesLeft,
    string? EndedBecause,
    Guid? BookingId,
    DateTimeOffset JoinedAt,
    DateTimeOffset ServerNow)
{
    /// <summary>The time that is held for the entry; <see cref="BookingId"/> if a booking for it waits for its deposit.</summary>
    public sealed record Held(Guid HoldId, DateTimeOffset Start, DateTimeOffset End, DateTimeOffset ExpiresAt, Guid? BookingId, Money Price, Money DepositDue);

    public static async Task<WaitlistView> LoadAsync(BookingDb db, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var entry = await db.WaitlistEntries.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var terms = await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == entry.OfferId, ct);
        var now = await db.NowAsync(ct);
        var hold = await WaitlistAccess.LiveHoldAsync(db, id, ct) is { } holdId ? await db.Holds.AsNoTracking().SingleAsync(x => x.Id == holdId, ct) : null;
        var over = entry.State == WaitlistEntry.Waiting && entry.ToAt <= now;
        return new WaitlistView(
            entry.Id,
            over ? WaitlistEntry.Ended : entry.State,
            entry.IsLive && !over ? await AheadAsync(db, entry, ct) : 0,
            entry.OfferId,
            terms.ProcedureNames,
            entry.CenterId,
            terms.CenterNames,
            entry.TimeZone,
            entry.FromOn,
            entry.ToOn,
            entry.Weekdays,
            entry.Earliest,
            entry.Latest,
            hold?.IsLive(now) != true ? null : new Held(
                hold.Id, hold.StartsAt, hold.EndsAt, hold.ExpiresAt, hold.BookingId, new Money(terms.PriceMinor, terms.Currency), new Money(terms.DepositMinor, terms.Currency)),
            Math.Max(0, FreedTime.Options(db).WaitlistMostLapses - entry.Lapses),
            over ? WaitlistEntry.WindowPast : entry.EndedBecause,
            entry.BookingId,
            entry.JoinedAt,
            now);
    }

    public static Task<int> AheadAsync(BookingDb db, WaitlistEntry entry, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.WaitlistEntries.CountAsync(
            x => x.CenterId == entry.CenterId && x.OfferId == entry.OfferId && x.Place < entry.Place
                && (x.State == WaitlistEntry.Waiting || x.State == WaitlistEntry.Offered),
            ct);
    }
}
