using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using MedTourism.ServiceDefaults.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedTourism.ServiceDefaults;

/// <summary>
/// Brings a service's database to the schema it was built with: the embedded files <c>Schema/*.sql</c>, in name order, each once, all under one
/// advisory lock so that many replicas may start together. A file that changed after it ran is refused.
/// </summary>
public sealed class SchemaMigrator(NpgsqlDataSource database, IEnumerable<Assembly> sources, ILogger<SchemaMigrator> log)
{
    private const long LockKey = 7_226_110_911; // any constant that all services share

    public async Task RunAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", ct);
        try
        {
            await ExecuteAsync(
                connection,
                """
                CREATE TABLE IF NOT EXISTS schema_version (
                    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """,
                ct);
            foreach (var (name, sql) in Files())
            {
                await ApplyAsync(connection, name, sql, ct);
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, string name, string sql, CancellationToken ct)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        await using var find = new NpgsqlCommand("SELECT checksum FROM schema_version WHERE name = $1", connection);
        find.Parameters.AddWithValue(name);
        if (await find.ExecuteScalarAsync(ct) is string applied)
        {
            if (applied != checksum)
            {
                throw new InvalidOperationException(
                    $"The schema file '{name}' was edited after it ran on this database. Restore it and put the change into a new file.");
            }

            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, sql, ct);
        await using var record = new NpgsqlCommand("INSERT INTO schema_version(name, checksum) VALUES ($1, $2)", connection, transaction);
        record.Parameters.AddWithValue(name);
        record.Parameters.AddWithValue(checksum);
        await record.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        log.LogInformation("Schema file {Name} applied", name);
    }

    /// <summary>The shared files (outbox, inbox, idempotency) first, then the service's own, each group by name.</summary>
    private IEnumerable<(string Name, string Sql)> Files() =>
        from source in sources
        from resource in source.GetManifestResourceNames().Order(StringComparer.Ordinal)
        where resource.Contains(".Schema.", StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal)
        select (resource[(resource.IndexOf(".Schema.", StringComparison.Ordinal) + 1)..].Insert(0, source.GetName().Name + "/"), Read(source, resource));

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>Runs the migrator before anything else of the service starts, and waits for a database that is only just coming up.</summary>
internal sealed class MigrateAtStart(SchemaMigrator migrator, TimeProvider clock, ILogger<MigrateAtStart> log) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var begin = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await migrator.RunAsync(cancellationToken);
                return;
            }
            catch (Exception exception) when (MessagingSetup.IsInfrastructure(exception) && clock.GetElapsedTime(begin) < Patience)
            {
                log.LogWarning("The database does not answer yet: {Message}", exception.Message);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class SchemaSetup
{
    /// <summary>Migrates with this library's files, then those of <paramref name="service"/>.</summary>
    public static void AddSchema(this IServiceCollection services, Assembly service)
    {
        services.AddSingleton(provider => new SchemaMigrator(
            provider.GetRequiredService<NpgsqlDataSource>(),
            [typeof(SchemaMigrator).Assembly, service],
            provider.GetRequiredService<ILogger<SchemaMigrator>>()));
        services.AddHostedService<MigrateAtStart>();
    }
}
