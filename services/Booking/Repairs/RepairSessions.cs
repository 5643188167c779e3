using MedTourism.Booking.Allocations;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>Moves the sessions of one patient with their time, there or back, all of them or none. The booking's row is locked.</summary>
internal static class RepairSessions
{
    /// <summary>Why the plan no longer fits the sessions as they are; null if it does.</summary>
    public static async Task<RepairRefusal?> ChangedAsync(BookingDb db, IReadOnlyList<RepairMove> moves, CancellationToken ct)
    {
        var ids = moves.Select(x => x.SessionId).ToArray();
        var now = (await db.Sessions.FromSql($"SELECT * FROM sessions WHERE id = ANY({ids}) ORDER BY id FOR UPDATE").AsNoTracking().ToListAsync(ct)).ToDictionary(x => x.Id);
        foreach (var move in moves)
        {
            var same = move.OldState == Session.Missed
                ? !now.TryGetValue(move.SessionId, out var session) || session.State == Session.Cancelled
                : now.TryGetValue(move.SessionId, out session) && session.State == move.OldState && session.StartsAt == move.OldStart
                    && session.EndsAt == move.OldEnd && session.ResourceIds.SequenceEqual(move.OldResources);
            if (!same)
            {
                return new RepairRefusal("changed-meanwhile", move.Number);
            }
        }

        return null;
    }

    /// <summary>Why what was applied can no longer be taken back: a session was delivered, missed, cancelled or moved again.</summary>
    public static async Task<RepairRefusal?> MovedOnAsync(BookingDb db, IReadOnlyList<RepairMove> moves, DateTimeOffset now, CancellationToken ct)
    {
        var ids = moves.Select(x => x.SessionId).ToArray();
        var sessions = (await db.Sessions.FromSql($"SELECT * FROM sessions WHERE id = ANY({ids}) ORDER BY id FOR UPDATE").AsNoTracking().ToListAsync(ct)).ToDictionary(x => x.Id);
        foreach (var move in moves)
        {
            if (!sessions.TryGetValue(move.SessionId, out var session) || session.State != Session.Proposed || session.StartsAt != move.NewStart
                || !session.ResourceIds.SequenceEqual(move.NewResources))
            {
                return new RepairRefusal("changed-meanwhile", move.Number);
            }

            if (session.StartsAt <= now || (move.OldState != Session.Missed && move.OldStart <= now))
            {
                return new RepairRefusal("past", move.Number);
            }
        }

        return null;
    }

    /// <summary>Gives the time back and takes the other; if that is not to be had, everything is as it was and the reason is returned.</summary>
    public static async Task<RepairRefusal?> MoveAsync(BookingDb db, Bookings.Booking booking, IReadOnlyList<RepairMove> moves, bool forward, CancellationToken ct)
    {
        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("A move needs a transaction around it.");
        await transaction.CreateSavepointAsync("move", ct);
        var ids = moves.Select(x => x.SessionId).ToArray();
        await db.Database.ExecuteSqlAsync($"DELETE FROM allocations WHERE session_id = ANY({ids})", ct);
        foreach (var move in moves.Where(x => x.OldState == Session.Missed))
        {
            await MakeUpAsync(db, booking, move, forward, ct);
        }

        var wanted = moves.Where(x => forward || x.OldState != Session.Missed)
            .Select(x => forward ? new TakeSessions.Wanted(x.SessionId, x.NewTime, x.NewResources) : new TakeSessions.Wanted(x.SessionId, x.OldTime, x.OldResources)).ToList();
        if (wanted.Count > 0 && !await TakeSessions.TryAsync(db, wanted, new TakeTime.For(Allocation.Booked, null, booking.Id, booking.Fence, null), ct))
        {
            await transaction.RollbackToSavepointAsync("move", ct);
            return await WhyAsync(db, booking, wanted, moves, ct);
        }

        var rows = System.Text.Json.JsonSerializer.Serialize(moves.Select(x => forward
            ? new Row(x.SessionId, x.NewStart, x.NewEnd, x.NewResources, Session.Proposed, x.NewExtra)
            : new Row(x.SessionId, x.OldStart, x.OldEnd, x.OldResources, x.OldState == Session.Missed ? Session.Cancelled : x.OldState, x.OldExtra)));
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sessions s SET starts_at = m."Start", ends_at = m."End", resource_ids = m."Resources", state = m."State", extra = m."Extra", sequence = s.sequence + 1
            FROM jsonb_to_recordset({rows}::jsonb) AS m("Id" uuid, "Start" timestamptz, "End" timestamptz, "Resources" uuid[], "State" text, "Extra" boolean)
            WHERE s.id = m."Id"
            """,
            ct);
        await transaction.ReleaseSavepointAsync("move", ct);
        return null;
    }

    public static Task<List<Session>> OfAsync(BookingDb db, Guid bookingId, CancellationToken ct) =>
        db.Sessions.AsNoTracking().Where(x => x.BookingId == bookingId).OrderBy(x => x.Number).ToListAsync(ct);

    /// <summary>Start of the first and end of the last session that count.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End) Span(List<Session> sessions) =>
        (sessions.Where(x => x.State != Session.Cancelled).Min(x => x.StartsAt), sessions.Where(x => x.State != Session.Cancelled).Max(x => x.EndsAt));

    /// <summary>A missed session stays in the history; the one that makes up for it is new, and stays known as cancelled if it is taken back.</summary>
    private static async Task MakeUpAsync(BookingDb db, Bookings.Booking booking, RepairMove move, bool forward, CancellationToken ct)
    {
        if (forward)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO sessions (id, booking_id, number, phase, starts_at, ends_at, resource_ids, state, extra)
                VALUES ({move.SessionId}, {booking.Id}, {move.Number}, {move.Phase}, {move.NewStart}, {move.NewEnd}, {move.NewResources}, 'proposed', {move.NewExtra})
                ON CONFLICT (id) DO NOTHING
                """,
                ct);
        }
    }

    /// <summary>What stands in the way, without saying whose it is.</summary>
    private static async Task<RepairRefusal> WhyAsync(
        BookingDb db, Bookings.Booking booking, List<TakeSessions.Wanted> wanted, IReadOnlyList<RepairMove> moves, CancellationToken ct)
    {
        var rows = wanted.SelectMany(x => x.Resources.Select(resource => (x.SessionId, Resource: resource, x.Time))).ToArray();
        var (sessions, resources) = (Array.ConvertAll(rows, x => x.SessionId), Array.ConvertAll(rows, x => x.Resource));
        var (starts, ends) = (Array.ConvertAll(rows, x => x.Time.Start), Array.ConvertAll(rows, x => x.Time.End));
        var own = moves.Select(x => x.SessionId).ToArray();
        var found = await db.Database.SqlQuery<Found>(
            $"""
            SELECT w.session_id AS "SessionId", x.kind AS "Kind", w.resource_id AS "ResourceId", r.name AS "Resource", x.reason AS "Reason",
                   x.from_at AS "From", x.to_at AS "To"
            FROM unnest({sessions}, {resources}, {starts}, {ends}) AS w(session_id, resource_id, starts_at, ends_at)
            JOIN resources r ON r.id = w.resource_id
            CROSS JOIN LATERAL (
                SELECT 'status' AS kind, r.status AS reason, w.starts_at AS from_at, w.ends_at AS to_at WHERE r.status <> 'open'
                UNION ALL
                SELECT 'closed', e.reason, e.from_at, e.to_at FROM calendar_exceptions e
                WHERE e.center_id = r.center_id AND (e.resource_id IS NULL OR e.resource_id = r.id) AND e.kind = 'closed' AND e.from_at < w.ends_at AND e.to_at > w.starts_at
                UNION ALL
                SELECT CASE a.state WHEN 'blocked' THEN 'blocked' ELSE 'taken' END, CASE a.state WHEN 'blocked' THEN a.reason END, a.starts_at, a.ends_at
                FROM allocations a
                WHERE a.resource_id = r.id AND a.during && tstzrange(w.starts_at, w.ends_at, '[)') AND (a.session_id IS NULL OR a.session_id <> ALL({own}))) AS x
            ORDER BY w.starts_at LIMIT 20
            """).ToListAsync(ct);
        var number = found.Count == 0 ? moves[0].Number : moves.First(x => x.SessionId == found[0].SessionId).Number;
        var down = found.Exists(x => x.Kind is "closed" or "status");
        return new RepairRefusal(
            down ? "still-down" : "time-taken", number,
            Obstacles: found.ConvertAll(x => new Obstacle(x.Kind, x.ResourceId, x.Resource, x.Reason, x.From, x.To)));
    }

    private sealed record Row(Guid Id, DateTimeOffset Start, DateTimeOffset End, Guid[] Resources, string State, bool Extra);

    private sealed record Found(Guid SessionId, string Kind, Guid ResourceId, string Resource, string? Reason, DateTimeOffset From, DateTimeOffset To);
}
