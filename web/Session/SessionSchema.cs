using Npgsql;

namespace MedTourism.Web.Session;

/// <summary>Brings the site's database to its schema before the site starts, one replica at a time, and removes ended sessions while it runs.</summary>
public sealed class SessionSchema(NpgsqlDataSource database, Sessions sessions, TimeProvider clock, ILogger<SessionSchema> log) : BackgroundService, IHostedLifecycleService
{
    private const long LockKey = 7_226_110_912;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({LockKey})");
        await ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
        foreach (var name in typeof(SessionSchema).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (await ExecuteAsync("INSERT INTO schema_version(name) VALUES ($1) ON CONFLICT DO NOTHING", name) == 1)
            {
                using var reader = new StreamReader(typeof(SessionSchema).Assembly.GetManifestResourceStream(name)!);
                await ExecuteAsync(await reader.ReadToEndAsync(cancellationToken));
                log.LogInformation("Schema file {Name} applied", name);
            }
        }

        await transaction.CommitAsync(cancellationToken);

        async Task<int> ExecuteAsync(string sql, string? argument = null)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            if (argument is not null)
            {
                command.Parameters.AddWithValue(argument);
            }

            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(10), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await sessions.SweepAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                log.LogWarning(exception, "Ended sessions could not be removed");
            }
        }
    }
}
