using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Messaging;

internal sealed record ChaosPlan(int Commands, int Kills, int DatabaseCrashes, int BrokerDrops);

internal sealed record ChaosReport(bool CameToRest, int Kills, long Commands, long Lost, long Duplicated, long Ghosts, long Waiting, long InErrorQueues);

/// <summary>Two workers and a producer as processes of their own, on a PostgreSQL of their own that may be crashed.</summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private static readonly string Host = Path.Combine(AppContext.BaseDirectory, "MedTourism.ChaosHost.dll");
    private readonly PrivatePostgres _postgres;
    private readonly string _broker;
    private readonly string? _mutant;
    private readonly Random _random = new(7);
    private readonly Process?[] _workers = new Process?[2];
    private Process? _producer;
    private readonly ConcurrentQueue<string> _said = new();
    private int _kills;

    private ChaosRun(PrivatePostgres postgres, string broker, string? mutant) => (_postgres, _broker, _mutant) = (postgres, broker, mutant);

    public static async Task<ChaosRun> StartAsync(string? mutant, CancellationToken ct)
    {
        var postgres = await PrivatePostgres.StartAsync(ct);
        var run = new ChaosRun(postgres, await TestServers.CreateVirtualHostAsync("chaos"), mutant);
        for (var i = 0; i < run._workers.Length; i++)
        {
            run._workers[i] = run.Start("work");
        }

        await Eventually.That(run.TablesExistAsync, "the workers did not migrate the database", TimeSpan.FromSeconds(40));
        return run;
    }

    public async Task<ChaosReport> RunAsync(ChaosPlan plan, CancellationToken ct)
    {
        var producer = _producer = Start("produce", plan.Commands.ToString(CultureInfo.InvariantCulture), "8");
        var blows = Enumerable.Repeat<Func<Task>>(KillWorkerAsync, plan.Kills)
            .Concat(Enumerable.Repeat<Func<Task>>(() => _postgres.CrashAsync(ct), plan.DatabaseCrashes))
            .Concat(Enumerable.Repeat<Func<Task>>(() => TestServers.DropConnectionsAsync(_broker), plan.BrokerDrops))
            .OrderBy(_ => _random.Next()).ToList();
        foreach (var blow in blows)
        {
            // The rhythm of the blows, not a wait for a result.
            using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(_random.Next(700, 1900)));
            await rhythm.WaitForNextTickAsync(ct);
            await blow();
        }

        await producer.WaitForExitAsync(ct);
        var rested = true;
        try
        {
            await Eventually.That(QuietAsync, "the system did not come to rest", TimeSpan.FromSeconds(150));
        }
        catch (TimeoutException)
        {
            rested = false; // a failure all the same, but the report says what is missing, or where it lies
            await DescribeAsync(ct);
        }

        return await CountAsync(rested, ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers.Append(_producer)) // a test that ran out of time leaves nobody behind
        {
            worker?.Kill(entireProcessTree: true);
            worker?.Dispose();
        }

        await _postgres.DisposeAsync();
    }

    private async Task KillWorkerAsync()
    {
        var victim = _random.Next(_workers.Length);
        _workers[victim]!.Kill(); // SIGKILL
        await _workers[victim]!.WaitForExitAsync();
        _workers[victim]!.Dispose();
        _workers[victim] = Start("work");
        _kills++;
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Host, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Database"] = _postgres.ConnectionString;
        start.Environment["ConnectionStrings__RabbitMq"] = _broker;
        start.Environment["Logging__LogLevel__MedTourism"] = "Warning";
        start.Environment["MUTANT"] = _mutant ?? string.Empty;
        var process = Process.Start(start)!;
        var id = process.Id;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Keep(string? line)
        {
            if (line is not null)
            {
                _said.Enqueue($"{id}: {line}");
            }
        }
    }

    private async Task<bool> TablesExistAsync()
    {
        try
        {
            return await ScalarAsync("SELECT count(*) FROM pg_tables WHERE tablename IN ('command', 'effect', 'outbox')") == 3;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>At rest: the outbox is empty, no queue holds a message, and the number of effects no longer changes between two looks.</summary>
    private async Task<bool> QuietAsync()
    {
        var before = await ScalarAsync("SELECT count(*) FROM effect");
        return await ScalarAsync("SELECT count(*) FROM outbox WHERE dead_at IS NULL") == 0
            && await TestServers.MessagesInQueuesAsync(_broker, name => !IsError(name)) == 0
            && (_mutant is not null || await ScalarAsync("SELECT count(*) FROM effect") == 2 * await ScalarAsync("SELECT count(*) FROM command"))
            && before == await ScalarAsync("SELECT count(*) FROM effect");
    }

    /// <summary>Who lives, who is active, what waits for what: the trail of whatever keeps the system from rest.</summary>
    private async Task DescribeAsync(CancellationToken ct)
    {
        for (var i = 0; i < _workers.Length; i++)
        {
            TestContext.Out.WriteLine($"worker {i}: {(_workers[i]!.HasExited ? $"ended with {_workers[i]!.ExitCode}" : "alive")}");
        }

        foreach (var line in _said.TakeLast(60))
        {
            TestContext.Out.WriteLine(line);
        }

        for (var look = 0; look < 2; look++)
        {
            await using var connection = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false");
            await connection.OpenAsync(ct);
            foreach (var sql in (string[])[
                "SELECT now()::time || ' outbox ' || count(*) || ', due ' || count(*) FILTER (WHERE next_attempt_at <= now()) || ', attempts ' || coalesce(max(attempts), 0) || ', oldest ' || coalesce(min(created_at)::time::text, '-') FROM outbox",
                "SELECT state || ' ' || coalesce(wait_event, '-') || ' since ' || (now() - state_change) || ': ' || left(query, 90) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()",
                "SELECT 'advisory lock of ' || pid || ' granted ' || granted FROM pg_locks WHERE locktype = 'advisory'",
                "SELECT 'effects ' || stage || ': ' || count(*) FROM effect GROUP BY stage"])
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await using var rows = await command.ExecuteReaderAsync(ct);
                while (await rows.ReadAsync(ct))
                {
                    TestContext.Out.WriteLine(rows.GetString(0));
                }
            }

            TestContext.Out.WriteLine($"in queues {await TestServers.MessagesInQueuesAsync(_broker, name => !IsError(name))}");
            using var pause = new PeriodicTimer(TimeSpan.FromSeconds(6)); // long enough to see whether anything moves
            await pause.WaitForNextTickAsync(ct);
        }
    }

    private async Task<ChaosReport> CountAsync(bool rested, CancellationToken ct) => new(
        rested,
        _kills,
        await ScalarAsync("SELECT count(*) FROM command"),
        await ScalarAsync("SELECT count(*) FROM command c, (VALUES (1), (2)) s(stage) WHERE NOT EXISTS (SELECT 1 FROM effect e WHERE e.id = c.id AND e.stage = s.stage)"),
        await ScalarAsync("SELECT count(*) FROM (SELECT 1 FROM effect GROUP BY id, stage HAVING count(*) > 1) twice"),
        await ScalarAsync("SELECT count(*) FROM effect e WHERE NOT EXISTS (SELECT 1 FROM command c WHERE c.id = e.id)"),
        await ScalarAsync("SELECT count(*) FROM outbox"),
        await TestServers.MessagesInQueuesAsync(_broker, IsError));

    private static bool IsError(string queue) => queue.EndsWith("_error", StringComparison.Ordinal)
        || queue.EndsWith("_skipped", StringComparison.Ordinal) || queue.EndsWith("_undelivered", StringComparison.Ordinal);

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false"); // a pooled one may date from before a crash
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
