using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Tracers;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>
/// Gives holds of free time to waiting entries, strictly in the order of joining. Run it in a transaction that has the center's matching lock, and
/// announce what it made when nothing can undo it any more.
/// </summary>
public static class MatchFreedTime
{
    private const int Tries = 3;

    // The longest a treatment takes: one that begins before the freed time may need it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <remarks><c>finished</c>: False if time may be left that someone waits for.</remarks>
    public sealed record Made(bool Finished, List<Offer> Offers);

    public sealed record Offer(WaitlistEntry Entry, OfferTerms Terms, Hold Hold, string Key, DateTimeOffset At);

    public static async Task<Made> RunAsync(BookingDb db, string centerId, List<Interval> times, int most, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(times);
        var made = new List<Offer>();
        var now = await db.NowAsync(ct);
        var entries = await WaitingAsync(db, centerId, times[0].Start - Longest, times[^1].End, ct);
        if (entries.Count == 0)
        {
            return new Made(true, made);
        }

        var board = await FreeBoard.LoadAsync(db, entries, times, now, ct);
        var passed = await PassedAsync(db, [.. entries.Select(x => x.Id)], ct);
        foreach (var entry in entries)
        {
            for (var attempt = 1; board.First(entry, [.. passed[entry.Id]]) is { } time; attempt++)
            {
                if (made.Count == most || attempt > Tries)
                {
                    return new Made(false, made);
                }

                if (await TryOfferAsync(db, entry, board, time, ct) is { } offer)
                {
                    made.Add(offer);
                    await board.RefreshAsync(db, ct);
                    break;
                }

                await board.RefreshAsync(db, ct);
            }
        }

        return new Made(true, made);
    }

    public static async Task AnnounceAsync(IPublishEndpoint bus, IEnumerable<Offer> offers, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(offers);
        foreach (var (entry, terms, hold, key, at) in offers)
        {
            await bus.PublishFor(hold.Id, new HoldPlaced(hold.Id, hold.OfferId, hold.CenterId, hold.StartsAt, hold.EndsAt, hold.ExpiresAt, hold.Fence), ct);
            await bus.PublishFor(entry.Id, new WaitlistOffered(
                entry.Id, entry.OfferId, terms.ProcedureNames, terms.CenterNames, terms.TimeZone, hold.Id, key, hold.StartsAt, hold.EndsAt, hold.ExpiresAt, at), ct);
        }
    }

    /// <summary>Only the lock makes this list good for more than a moment.</summary>
    private static Task<List<WaitlistEntry>> WaitingAsync(BookingDb db, string centerId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        db.WaitlistEntries.AsNoTracking()
            .Where(x => x.CenterId == centerId && x.State == WaitlistEntry.Waiting && x.FromAt < to && x.ToAt > from)
            .OrderBy(x => x.Place)
            .ToListAsync(ct);

    /// <summary>Time that someone let go once is not offered to them again.</summary>
    private static async Task<ILookup<Guid, Interval>> PassedAsync(BookingDb db, Guid[] entries, CancellationToken ct) =>
        (await db.WaitlistOffers.AsNoTracking().Where(x => entries.Contains(x.EntryId)).ToListAsync(ct)).ToLookup(x => x.EntryId, x => x.Time);

    /// <summary>Null, and nothing is changed, if someone else has some of the time or closed it.</summary>
    private static async Task<Offer?> TryOfferAsync(BookingDb db, WaitlistEntry entry, FreeBoard board, Interval time, CancellationToken ct)
    {
        const string Savepoint = "waitlist_offer";
        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("An offer needs a transaction.");
        await transaction.CreateSavepointAsync(Savepoint, ct);
        var offer = await OfferAsync(db, entry, board, time, ct);
        await (offer is null ? transaction.RollbackToSavepointAsync(Savepoint, ct) : transaction.ReleaseSavepointAsync(Savepoint, ct));
        return offer;
    }

    private static async Task<Offer?> OfferAsync(BookingDb db, WaitlistEntry entry, FreeBoard board, Interval time, CancellationToken ct)
    {
        var claimed = await db.Database.ExecuteSqlAsync(
            $"UPDATE waitlist_entries SET state = 'offered', changed_at = now() WHERE id = {entry.Id} AND state = 'waiting'", ct);
        if (claimed == 0)
        {
            return null;
        }

        var (terms, options, key) = (board.TermsOf(entry)!, FreedTime.Options(db), AccessKey.New());
        var hold = (await db.Holds.FromSql(
            $"""
            INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, extensions, fence, resources, access_key_hash, grace_seconds)
            VALUES ({Guid.CreateVersion7()}, {terms.OfferId}, {terms.CenterId}, {time.Start}, {time.End}, 'held',
                    least(now() + make_interval(mins => {options.WaitlistHoldMinutes}), {time.Start.AddMinutes(-options.WaitlistNoticeMinutes)}),
                    {options.MostExtensions}, 1, {terms.ResourceKinds.Distinct().Count()}, {AccessKey.Hash(key)}, {options.WaitlistGraceSeconds})
            RETURNING *
            """).AsNoTracking().ToListAsync(ct)).Single();
        var kept = new TakeTime.For(Allocation.Held, hold.Id, null, hold.Fence, hold.ExpiresAt.AddSeconds(options.WaitlistGraceSeconds));
        if (!await TakeTime.TryAsync(db, terms.ResourceKinds, board.CandidatesFor(terms, time), time, kept, ct) || await IsClosedAsync(db, hold.Id, ct)
            || await TakeDose.ForHoldAsync(db, terms, hold.Id, ct) is not null)
        {
            return null;
        }

        await HoldKey.AddAsync(db, hold.Id, entry.AccessKeyHash, ct);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO waitlist_offers (hold_id, entry_id, state, starts_at, ends_at) VALUES ({hold.Id}, {entry.Id}, 'live', {time.Start}, {time.End})", ct);
        return new Offer(entry, terms, hold, key, hold.CreatedAt);
    }

    /// <summary>Whoever closes a resource locks its row, of which a taken time holds a share: so a closing that came first is seen here.</summary>
    private static Task<bool> IsClosedAsync(BookingDb db, Guid holdId, CancellationToken ct) =>
        db.Database.SqlQuery<bool>(
            $"""
            SELECT EXISTS (
                SELECT 1 FROM allocations a JOIN resources r ON r.id = a.resource_id
                WHERE a.hold_id = {holdId} AND (r.status <> 'open' OR EXISTS (
                    SELECT 1 FROM calendar_exceptions e
                    WHERE e.center_id = r.center_id AND (e.resource_id IS NULL OR e.resource_id = r.id) AND e.kind = 'closed'
                      AND e.from_at < a.ends_at AND e.to_at > a.starts_at))) AS "Value"
            """).SingleAsync(ct);
}
