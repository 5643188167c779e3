using System.Reflection;
using MedTourism.ChaosHost;
using MedTourism.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Schema;

internal sealed class SchemaMigratorTests
{
    private static readonly Assembly[] Sources = [typeof(SchemaMigrator).Assembly, typeof(ChaosDb).Assembly];
    private NpgsqlDataSource _database = null!;

    [SetUp]
    public async Task CreateAsync() => _database = NpgsqlDataSource.Create(await TestServers.CreateDatabaseAsync("migrator"));

    [TearDown]
    public async Task DropAsync()
    {
        var connectionString = _database.ConnectionString;
        await _database.DisposeAsync();
        await TestServers.DropDatabaseAsync(connectionString);
    }

    [Test]
    public async Task Eight_replicas_that_start_together_apply_each_file_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrator().RunAsync(CancellationToken.None)));
        Assert.That(await ScalarAsync("SELECT count(*) FROM schema_version"), Is.EqualTo(4));
        Assert.That(await ScalarAsync("SELECT count(*) FROM pg_tables WHERE tablename IN ('outbox', 'inbox', 'idempotency', 'command')"), Is.EqualTo(4));
    }

    [Test]
    public async Task A_file_that_was_edited_after_it_ran_is_refused()
    {
        await Migrator().RunAsync(CancellationToken.None);
        await ScalarAsync("WITH edited AS (UPDATE schema_version SET checksum = 'other' WHERE name LIKE '%chaos%' RETURNING 1) SELECT count(*) FROM edited");
        var refusal = Assert.ThrowsAsync<InvalidOperationException>(() => Migrator().RunAsync(CancellationToken.None));
        Assert.That(refusal!.Message, Does.Contain("0001_chaos.sql"));
    }

    private SchemaMigrator Migrator() => new(_database, Sources, NullLogger<SchemaMigrator>.Instance);

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
