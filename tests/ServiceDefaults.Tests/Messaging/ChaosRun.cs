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
        using var producer = Start("produce", plan.Commands.ToString(CultureInfo.InvariantCulture), "8");
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
        }

        return await CountAsync(rested, ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
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
        start.Environment["MUTANT"] = _mutant ?? string.Empty;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
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
