using System.Collections.Concurrent;
using MassTransit;
using MedTourism.ServiceDefaults.Messaging;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Messaging;

internal sealed class SlowBrokerTests
{
    [Test]
    public async Task A_pass_over_a_slow_broker_ends_in_time_and_keeps_what_was_confirmed()
    {
        await using var service = await ServiceUnderTest<Program>.StartAsync("chaos");
        await using var source = NpgsqlDataSource.Create(await TestServers.CreateDatabaseAsync("slow"));
        await new SchemaMigrator(source, [typeof(SchemaMigrator).Assembly], NullLogger<SchemaMigrator>.Instance).RunAsync(CancellationToken.None);
        await using (var fill = source.CreateCommand(
            """
            INSERT INTO outbox(message_id, destination, content_type, message_type, body, partition_key)
            SELECT gen_random_uuid(), 'exchange:any', 'application/vnd.masstransit+json', 'urn:message:X:Y', '{}', 'one key' FROM generate_series(1, 30)
            """))
        {
            await fill.ExecuteNonQueryAsync();
        }

        using var calls = new RelayCall();
        using var relay = new SlowRelay(source, service.Services.GetRequiredService<IBusControl>(), calls);
        await relay.PassAsync();
        var afterOne = await CountAsync(source);
        Assert.That(afterOne, Is.InRange(1, 29), "one pass sends some and deletes them");
        for (var passes = 0; passes < 30 && await CountAsync(source) > 0; passes++)
        {
            await relay.PassAsync();
        }

        Assert.That(relay.Sent, Has.Count.EqualTo(30));
        Assert.That(relay.Sent, Is.Unique.And.Ordered, "each once, in order");
        await TestServers.DropDatabaseAsync(source.ConnectionString);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var count = source.CreateCommand("SELECT count(*) FROM outbox");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private sealed class SlowRelay(NpgsqlDataSource database, IBusControl bus, RelayCall calls) : Relay(database, bus, calls, NullLogger<Relay>.Instance)
    {
        public ConcurrentQueue<long> Sent { get; } = [];

        protected override TimeSpan SendingTime => TimeSpan.FromMilliseconds(300);

        public Task<int> PassAsync() => PumpAsync(CancellationToken.None);

        protected override async Task SendAsync(WaitingMessage message, CancellationToken ct)
        {
            // The slow broker itself, not a wait for a result.
            using var confirm = new PeriodicTimer(TimeSpan.FromMilliseconds(60));
            await confirm.WaitForNextTickAsync(ct);
            Sent.Enqueue(message.SequenceNumber);
        }
    }
}
