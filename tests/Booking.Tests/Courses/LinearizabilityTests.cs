using System.Diagnostics;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Booking.Tests.Courses;

/// <summary>
/// Four clients take, let go, let lapse and read the time of a few resources at once; some of their connections are killed in the middle. What each
/// saw is recorded, and for each resource some order of all operations must explain it: the resource is a register that holds nothing or one taker.
/// An operation whose connection died may have happened, at any time after it began, or never.
/// </summary>
[NonParallelizable]
public sealed class LinearizabilityTests
{
    private const int Operations = 5000;
    private const int Clients = 4;
    private const int Machines = 12;

    [Test]
    public async Task Every_history_of_holds_can_be_put_into_an_order([Range(1, 10)] int seed)
    {
        var center = await Takers.CenterAsync(Machines);
        var history = new List<Register.Op>[Clients];
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client => history[client] = await new Client(center, seed, client).RunAsync(Operations / Clients)));
        var all = history.SelectMany(x => x).ToList();
        Assert.That(all.Count(x => x.End == long.MaxValue), Is.GreaterThan(0), "No connection died.");
        Assert.That(all.Count(x => x is { Kind: Register.Kind.Take, Ok: true }), Is.GreaterThan(500));
        Assert.That(all.Count(x => x is { Kind: Register.Kind.Take, Ok: false }), Is.GreaterThan(200));
        foreach (var machine in all.GroupBy(x => x.Resource))
        {
            Assert.That(Register.Explains([.. machine]), $"Resource {machine.Key} of seed {seed}: no order explains what was seen.");
        }
    }

    [Test]
    public void The_checker_refuses_what_cannot_be()
    {
        Register.Op Take(int who, bool ok, long begin, long end) => new(0, Register.Kind.Take, who, ok, 0, begin, end);
        Register.Op Read(int saw, long begin, long end) => new(0, Register.Kind.Read, 0, true, saw, begin, end);
        Assert.Multiple(() =>
        {
            Assert.That(Register.Explains([Take(1, true, 0, 1), Take(2, true, 2, 3)]), Is.False, "Sold twice.");
            Assert.That(Register.Explains([Take(1, false, 0, 1)]), Is.False, "Refused although free.");
            Assert.That(Register.Explains([Take(1, true, 0, 1), Read(0, 2, 3)]), Is.False, "A stale read.");
            Assert.That(Register.Explains([Take(1, true, 0, 5), Read(0, 2, 3)]), Is.True, "The read may come first.");
            Assert.That(Register.Explains([Take(1, true, 0, long.MaxValue), Read(0, 2, 3), Read(1, 4, 5)]), Is.True, "It happened late.");
            Assert.That(Register.Explains([Take(1, true, 0, long.MaxValue), Read(1, 2, 3), Read(0, 4, 5)]), Is.False, "It happened and was undone by nobody.");
        });
    }

    private sealed class Client(Takers.Center center, int seed, int number)
    {
        private static readonly DateTimeOffset Start = new(2030, 1, 7, 4, 0, 0, TimeSpan.Zero);
        private static readonly Interval Time = new(Start, Start.AddMinutes(20));

        private readonly Random _random = new((seed * 97) + number);
        private readonly List<Register.Op> _history = [];
        private readonly List<(int Resource, int Who)> _mine = [];
        private Guid _hold;
        private Guid[] _sessions = [];
        private int _next = 1;

        public async Task<List<Register.Op>> RunAsync(int operations)
        {
            _hold = await Takers.HoldAsync(center);
            _sessions = [Guid.CreateVersion7(), Guid.CreateVersion7()];
            await Market.ScalarAsync(
                "INSERT INTO sessions (id, hold_id, number, phase, starts_at, ends_at, resource_ids, state) SELECT id, $1, row_number() OVER (), 'fraction', now(), now() + interval '1 hour', '{}', 'held' FROM unnest($2) AS id",
                _hold, _sessions);
            var db = await ConnectAsync();
            await using var killer = new NpgsqlConnection(Running.App.ConnectionString);
            await killer.OpenAsync();
            while (_history.Count < operations)
            {
                var dies = _random.Next(150) == 0;
                var kill = dies ? KillAsync(killer, ((NpgsqlConnection)db.Database.GetDbConnection()).ProcessID) : Task.CompletedTask;
                if (!await StepAsync(db))
                {
                    await db.DisposeAsync();
                    db = await ConnectAsync();
                }

                await kill;
            }

            await db.DisposeAsync();
            return _history;
        }

        private static async Task<BookingDb> ConnectAsync()
        {
            var db = Takers.Db();
            await db.Database.OpenConnectionAsync();
            return db;
        }

        private static async Task KillAsync(NpgsqlConnection killer, int process)
        {
            await using var command = new NpgsqlCommand($"SELECT pg_terminate_backend({process})", killer);
            await command.ExecuteNonQueryAsync();
        }

        /// <summary>False if the connection died.</summary>
        private async Task<bool> StepAsync(BookingDb db)
        {
            var resource = _random.Next(Machines);
            var who = (number * 100_000) + _next++;
            switch (_random.Next(10))
            {
                case < 3:
                    return await RecordAsync([resource], Register.Kind.Take, who, async () => (await TakeAsync(db, resource, who), 0));
                case < 5:
                    var other = (resource + 1 + _random.Next(Machines - 1)) % Machines;
                    return await RecordAsync([resource, other], Register.Kind.TakeBoth, who, async () => (await TakeBothAsync(db, resource, other, who), 0));
                case < 8 when _mine.Count > 0:
                    var (held, mine) = _mine[_random.Next(_mine.Count)];
                    _mine.Remove((held, mine));
                    return await RecordAsync([held], Register.Kind.LetGo, mine, async () => (await LetGoAsync(db, held, mine), 0));
                default:
                    return await RecordAsync([resource], Register.Kind.Read, 0, async () => (true, await ReadAsync(db, resource)));
            }
        }

        private async Task<bool> RecordAsync(int[] resources, Register.Kind kind, int who, Func<Task<(bool Ok, int Saw)>> run)
        {
            var begin = Stopwatch.GetTimestamp();
            try
            {
                var (ok, saw) = await run();
                var end = Stopwatch.GetTimestamp();
                foreach (var resource in resources)
                {
                    _history.Add(new(resource, kind == Register.Kind.TakeBoth && ok ? Register.Kind.Take : kind, who, ok, saw, begin, end));
                    if (kind is Register.Kind.Take or Register.Kind.TakeBoth && ok)
                    {
                        _mine.Add((resource, who));
                    }
                }

                return true;
            }
            catch (Exception exception) when (IsDeath(exception))
            {
                // Whether it happened is not known. What it may have taken is let go later, like anything else.
                _mine.AddRange(kind == Register.Kind.Read ? [] : resources.Select(resource => (resource, who)));
                _history.AddRange(resources.Select(resource => new Register.Op(
                    resource, kind == Register.Kind.TakeBoth ? Register.Kind.Take : kind, who, true, 0, begin, long.MaxValue)));
                return false;
            }
        }

        /// <summary>The connection is gone; a deadlock, a lost constraint or anything else is a failure of the test.</summary>
        private static bool IsDeath(Exception? exception) => exception switch
        {
            PostgresException postgres => postgres.SqlState == PostgresErrorCodes.AdminShutdown,
            NpgsqlException { InnerException: null or System.IO.IOException } => true,
            null => false,
            _ => IsDeath(exception.InnerException),
        };

        private Task<bool> TakeAsync(BookingDb db, int resource, int who) => InTransactionAsync(db, () => TakeTime.TryAsync(
            db, ["linac"], [new TakeTime.Candidate(center.Machines[resource], "linac")], Time, What(who), CancellationToken.None));

        private Task<bool> TakeBothAsync(BookingDb db, int first, int second, int who) => InTransactionAsync(db, () => TakeSessions.TryAsync(
            db, [new(_sessions[0], Time, [center.Machines[first]]), new(_sessions[1], Time, [center.Machines[second]])], What(who), CancellationToken.None));

        private TakeTime.For What(int who) => new(Allocation.Held, _hold, null, who, Market.Now.AddHours(1));

        private static async Task<bool> InTransactionAsync(BookingDb db, Func<Task<bool>> work)
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var done = await work();
            if (done)
            {
                await transaction.CommitAsync();
            }
            else
            {
                await transaction.RollbackAsync();
            }

            return done;
        }

        /// <summary>By deleting it, or by letting its time run out: both are the same to everyone else.</summary>
        private async Task<bool> LetGoAsync(BookingDb db, int resource, int who) => await (_random.Next(2) == 0
            ? db.Database.ExecuteSqlAsync($"DELETE FROM allocations WHERE resource_id = {center.Machines[resource]} AND fence = {who}")
            : db.Database.ExecuteSqlAsync(
                $"UPDATE allocations SET expires_at = now() - interval '1 second' WHERE resource_id = {center.Machines[resource]} AND fence = {who} AND expires_at > now()")) == 1;

        private async Task<int> ReadAsync(BookingDb db, int resource) => (await db.Database.SqlQuery<int>(
            $"SELECT fence AS \"Value\" FROM allocations WHERE resource_id = {center.Machines[resource]} AND (state <> 'held' OR expires_at > now())").ToListAsync()).SingleOrDefault();
    }
}

/// <summary>One resource's time as a register, and the search for an order of operations that explains what was seen (Wing and Gong, with memory).</summary>
internal static class Register
{
    public enum Kind
    {
        Take,

        /// <summary>Refused take of two resources: one of them was taken, not known which, so it says nothing about either.</summary>
        TakeBoth,
        LetGo,
        Read,
    }

    /// <summary>Ended at <see cref="long.MaxValue"/> if nobody knows whether it happened.</summary>
    public sealed record Op(int Resource, Kind Kind, int Who, bool Ok, int Saw, long Begin, long End);

    public static bool Explains(List<Op> history)
    {
        var ops = history.Where(x => x.End != long.MaxValue).OrderBy(x => x.Begin).ToArray();
        var maybe = history.Where(x => x.End == long.MaxValue).OrderBy(x => x.Begin).ToArray();
        var done = new bool[ops.Length];
        var seen = new HashSet<(int From, UInt128 Ahead, UInt128 Happened, int Holder)>();
        return Search(0, 0, 0);

        // All before `from` are done. `happened` are those of the unknown ones that did; `holder` is who has the resource, 0 for nobody.
        bool Search(int from, UInt128 happened, int holder)
        {
            while (from < ops.Length && done[from])
            {
                from++;
            }

            if (from == ops.Length)
            {
                return true;
            }

            if (!seen.Add((from, Ahead(from), happened, holder)))
            {
                return false;
            }

            // Next may be any operation that began before the first of the open ones ended.
            var limit = long.MaxValue;
            for (var i = from; i < ops.Length && ops[i].Begin <= limit; i++)
            {
                limit = done[i] ? limit : Math.Min(limit, ops[i].End);
            }

            for (var i = from; i < ops.Length && ops[i].Begin <= limit; i++)
            {
                if (!done[i] && Apply(ops[i], holder) is { } next)
                {
                    done[i] = true;
                    if (Search(from, happened, next))
                    {
                        return true;
                    }

                    done[i] = false;
                }
            }

            for (var i = 0; i < maybe.Length && maybe[i].Begin <= limit; i++)
            {
                if ((happened & (UInt128.One << i)) == 0 && Apply(maybe[i], holder) is { } next && next != holder && Search(from, happened | (UInt128.One << i), next))
                {
                    return true;
                }
            }

            return false;
        }

        // Which of the next operations are done; what lies further ahead cannot be.
        UInt128 Ahead(int from)
        {
            UInt128 bits = 0;
            for (var i = from; i < Math.Min(ops.Length, from + 128); i++)
            {
                bits |= done[i] ? UInt128.One << (i - from) : 0;
            }

            return bits;
        }
    }

    /// <summary>The holder afterwards, or null if the operation cannot have seen what it saw.</summary>
    private static int? Apply(Op op, int holder) => op switch
    {
        { Kind: Kind.Take, Ok: true } => holder == 0 ? op.Who : null,
        { Kind: Kind.Take } => holder != 0 ? holder : null,
        { Kind: Kind.TakeBoth } => holder,
        { Kind: Kind.LetGo, End: long.MaxValue } => holder == op.Who ? 0 : holder,
        { Kind: Kind.LetGo } => holder == op.Who == op.Ok ? (op.Ok ? 0 : holder) : null,
        { Kind: Kind.Read } => holder == op.Saw || op.End == long.MaxValue ? holder : null,
        _ => null,
    };
}
