#pragma warning disable RS0030 // The benchmark drives the bus itself.
using System.Diagnostics;
using System.Text;
using MassTransit;
using MedTourism.ChaosHost;
using MedTourism.ServiceDefaults;
using MedTourism.ServiceDefaults.Messaging;
using MedTourism.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;

namespace MedTourism.Benchmarks;

/// <summary>R6: the relay against raw confirmed publishing. R7: a consumer with inbox, one write and one publish against the same statements in pgbench.</summary>
internal sealed class MessagingBenchmarks(BenchmarkOptions options)
{
    private const int Messages = 4000;

    /// <summary>What a consumed message costs the database: inbox row, one write, one outbox row, one commit.</summary>
    private const string ConsumerStatements =
        """
        BEGIN;
        INSERT INTO inbox(message_id, consumer_id) VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000001') ON CONFLICT DO NOTHING;
        INSERT INTO effect(id, stage, grp, n) VALUES (gen_random_uuid(), 3, gen_random_uuid(), 1);
        INSERT INTO outbox(message_id, destination, content_type, message_type, body, next_attempt_at)
            VALUES (gen_random_uuid(), 'none', 'application/vnd.masstransit+json', 'none', repeat('x', 900), 'infinity');
        COMMIT;
        """;

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        var database = await TestServers.CreateDatabaseAsync("bench");
        var broker = await TestServers.CreateVirtualHostAsync("bench");
        await using var app = Host(database, broker, consume: false);
        await StartAsync(app, ct);
        await app.StopAsync(ct);

        return
        [
            await Ratio.MeasureAsync(
                "R6", "relay / raw confirmed publish, 100 in flight", 0.08,
                (_, token) => RelayAsync(database, broker, token), (time, token) => RawPublishAsync(broker, time, token), options, ct),
            await Ratio.MeasureAsync(
                "R7", "consumer with inbox, write and publish / same statements in pgbench", 0.25,
                (_, token) => ConsumeAsync(database, broker, token),
                (time, token) => Load.PgbenchAsync(database, ConsumerStatements, options.Clients, time, token), options, ct),
        ];
    }

    /// <summary>Fills the outbox, then starts a relay and times it from its first message to its last.</summary>
    private static async Task<double> RelayAsync(string database, string broker, CancellationToken ct)
    {
        await using var host = Host(database, broker, consume: false);
        await ProduceAsync(host, ct);
        await using var source = NpgsqlDataSource.Create(database);
        await StartAsync(host, ct);
        var rate = await TimeToAsync(() => CountAsync(source, "SELECT count(*) FROM outbox WHERE next_attempt_at < 'infinity'"), Messages, 0);
        await host.StopAsync(ct);
        return rate;
    }

    private static async Task<double> ConsumeAsync(string database, string broker, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using (var relay = Host(database, broker, consume: true))
        {
            // The queue exists and is bound once a consumer has started; then it is filled while nothing consumes.
            await StartAsync(relay, ct);
            await relay.StopAsync(ct);
        }

        await using (var producer = Host(database, broker, consume: false))
        {
            await ProduceAsync(producer, ct);
            await StartAsync(producer, ct);
            await TimeToAsync(() => CountAsync(source, "SELECT count(*) FROM outbox WHERE next_attempt_at < 'infinity'"), Messages, 0);
            await producer.StopAsync(ct);
        }

        await ExecuteAsync(source, "TRUNCATE effect");
        await using var consumer = Host(database, broker, consume: true, relay: false);
        await StartAsync(consumer, ct);
        var rate = await TimeToAsync(() => CountAsync(source, "SELECT -count(*) FROM effect WHERE stage = 1"), 0, -Messages);
        await consumer.StopAsync(ct);
        await ExecuteAsync(source, "TRUNCATE effect; TRUNCATE outbox");
        return rate;
    }

    private static async Task<double> RawPublishAsync(string broker, TimeSpan time, CancellationToken ct)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker) }.CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null), ct);
        await channel.QueueDeclareAsync(
            "raw", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: ct);
        var body = Encoding.UTF8.GetBytes(new string('x', 1000));
        var rate = await Load.RunAsync(
            100, time,
            async (_, token) => await channel.BasicPublishAsync(string.Empty, "raw", mandatory: false, new BasicProperties { Persistent = true }, body, token), ct);
        await channel.QueuePurgeAsync("raw", ct);
        return rate;
    }

    private static WebApplication Host(string database, string broker, bool consume, bool relay = true)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Identity:Authority"] = "http://127.0.0.1:1";
        builder.Configuration["ConnectionStrings:Database"] = database;
        builder.Configuration["ConnectionStrings:RabbitMq"] = broker;
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddServiceDefaults<ChaosDb>("chaos", bus =>
        {
            if (consume)
            {
                bus.AddConsumer<StageOne>();
            }
        });
        if (!relay)
        {
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Relay)));
        }

        return builder.Build();
    }

    /// <summary>A bus that is stopped before it came up would stay behind.</summary>
    private static async Task StartAsync(WebApplication host, CancellationToken ct)
    {
        await host.StartAsync(ct);
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, ct);
    }

    private static async Task ProduceAsync(WebApplication host, CancellationToken ct)
    {
        for (var batch = 0; batch < Messages / 500; batch++)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
            var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
            await db.InTransactionAsync(
                async () =>
                {
                    for (var n = 0; n < 500; n++)
                    {
                        var id = Guid.CreateVersion7();
                        await publish.PublishFor(id, new CommandIssued(id, id, n), ct);
                    }
                },
                ct);
        }
    }

    private static async Task<double> TimeToAsync(Func<Task<long>> count, long from, long to)
    {
        var clock = Stopwatch.StartNew();
        long first;
        do
        {
            first = await count();
        }
        while (first == from);

        clock.Restart();
        long now;
        do
        {
            await Task.Delay(20);
            now = await count();
        }
        while (now > to);

        return (first - to) / clock.Elapsed.TotalSeconds;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
