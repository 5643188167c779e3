using MassTransit;
using MedTourism.Booking.Availability;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MedTourism.Booking.Waitlist;

/// <summary>
/// The one hook of all who free time. Whoever waits longest for such time is given a hold of it in the very transaction that frees it, so that nobody
/// takes it in between; what that transaction leaves is offered by the worker.
/// </summary>
/// <remarks>
/// Two locks per center, released at the end of the transaction. <b>Joining</b> is taken shared by who frees and exclusively by who joins: so freed time
/// is offered to the new entry, or the new entry sees it as free, never neither. <b>Matching</b> makes those take turns who decide who is next.
/// Rows are locked in the order hold, booking, these locks, allocations.
/// </remarks>
public static class FreedTime
{
    /// <summary>So many offers are made by one transaction; more are left to the worker.</summary>
    public const int MostAtOnce = 20;

    private const int Joining = 1;
    private const int Matching = 2;

    /// <summary>Call it before the first allocation of the center is removed, where that can be known. Says whether anyone there waits or has an offer.</summary>
    public static async Task<bool> LockAsync(BookingDb db, string centerId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtextextended({centerId}, {Joining}))", ct);
        var anyone = await AnyoneAsync(db, centerId, ct);
        if (anyone)
        {
            await LockMatchingAsync(db, centerId, ct);
        }

        return anyone;
    }

    /// <summary>For many centers, in an order that is the same for everyone.</summary>
    public static async Task LockAsync(BookingDb db, IEnumerable<string> centerIds, CancellationToken ct)
    {
        foreach (var center in centerIds.Distinct().Order(StringComparer.Ordinal))
        {
            await LockAsync(db, center, ct);
        }
    }

    /// <summary>For who joins: nobody frees, joins or is matched meanwhile.</summary>
    public static async Task LockForJoiningAsync(BookingDb db, string centerId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({centerId}, {Joining}))", ct);
        await LockMatchingAsync(db, centerId, ct);
    }

    public static async Task LockMatchingAsync(BookingDb db, string centerId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({centerId}, {Matching}))", ct);
    }

    /// <summary>
    /// Offers the times to those who wait. Call it last in the transaction that freed them, when it has taken all it takes itself. Times that turn out
    /// not to be free do no harm.
    /// </summary>
    public static async Task NoteAsync(BookingDb db, IPublishEndpoint bus, string centerId, IReadOnlyCollection<Interval> times, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(times);
        if (times.Count == 0 || await NobodyWaitsAsync(db, centerId, ct))
        {
            return;
        }

        var merged = Intervals.Merge(times.Select(x => new Interval(x.Start.ToUniversalTime(), x.End.ToUniversalTime())));
        if (!await TryMatchAsync(db, bus, centerId, merged, ct))
        {
            foreach (var time in merged)
            {
                await db.Database.ExecuteSqlAsync(
                    $"INSERT INTO freed_times (center_id, from_at, to_at) VALUES ({centerId}, {time.Start}, {time.End})", ct);
            }
        }
    }

    /// <summary>The same for resources, which may be of several centers.</summary>
    public static async Task NoteAsync(BookingDb db, IPublishEndpoint bus, Guid[] resourceIds, Interval time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var centers = await db.Resources.AsNoTracking().Where(x => resourceIds.Contains(x.Id)).Select(x => x.CenterId).Distinct().ToListAsync(ct);
        foreach (var center in centers.Order(StringComparer.Ordinal))
        {
            await NoteAsync(db, bus, center, [time], ct);
        }
    }

    /// <summary>For opening hours and new resources: anything from now on may have become free.</summary>
    public static async Task NoteAllAsync(BookingDb db, IPublishEndpoint bus, string centerId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var now = await db.NowAsync(ct);
        await NoteAsync(db, bus, centerId, [new Interval(now, now + FindStarts.Horizon)], ct);
    }

    internal static BookingOptions Options(BookingDb db) => db.GetService<IOptions<BookingOptions>>().Value;

    /// <summary>The usual case, without a savepoint. False also while someone is just joining.</summary>
    private static async Task<bool> NobodyWaitsAsync(BookingDb db, string centerId, CancellationToken ct) =>
        await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock_shared(hashtextextended({centerId}, {Joining})) AS \"Value\"").SingleAsync(ct)
        && !await AnyoneAsync(db, centerId, ct);

    private static Task<bool> AnyoneAsync(BookingDb db, string centerId, CancellationToken ct) =>
        db.Database.SqlQuery<bool>(
            $"""
            SELECT EXISTS (SELECT 1 FROM waitlist_entries WHERE center_id = {centerId} AND state IN ('waiting', 'offered')) AS "Value"
            """).SingleAsync(ct);

    /// <summary>
    /// A failure here must not undo a cancellation, nor may a caller that could not take the locks first and waits in a circle now: the savepoint keeps
    /// what the transaction did so far, and the worker tries again.
    /// </summary>
    private static async Task<bool> TryMatchAsync(BookingDb db, IPublishEndpoint bus, string centerId, List<Interval> times, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is not { } transaction)
        {
            return false;
        }

        const string Savepoint = "freed_time";
        await transaction.CreateSavepointAsync(Savepoint, ct);
        try
        {
            var anyone = await LockAsync(db, centerId, ct);
            var made = anyone ? await MatchFreedTime.RunAsync(db, centerId, times, MostAtOnce, ct) : new MatchFreedTime.Made(true, []);
            await transaction.ReleaseSavepointAsync(Savepoint, ct);
            await MatchFreedTime.AnnounceAsync(bus, made.Offers, ct);
            return made.Finished;
        }
        catch (Exception exception) when (IsRefusedByDatabase(exception))
        {
            await transaction.RollbackToSavepointAsync(Savepoint, ct);
            db.GetService<ILoggerFactory>().CreateLogger(typeof(FreedTime)).LogWarning(exception, "Freed time of {CenterId} is left to the worker", centerId);
            return false;
        }
    }

    /// <summary>Entity Framework wraps deadlocks and lock time-outs.</summary>
    private static bool IsRefusedByDatabase(Exception? exception) => exception is PostgresException || (exception is not null && IsRefusedByDatabase(exception.InnerException));
}
