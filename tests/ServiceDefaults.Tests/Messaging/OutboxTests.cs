using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MassTransit;
using MedTourism.ChaosHost;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Messaging;

internal sealed class OutboxTests
{
    private ServiceUnderTest<Program> _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _service = await ServiceUnderTest<Program>.StartAsync("chaos");

    [OneTimeTearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task A_message_leaves_only_after_its_transaction_committed()
    {
        var id = Guid.CreateVersion7();
        await using var scope = _service.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
        await db.InTransactionAsync(async () =>
        {
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().PublishFor(id, new CommandIssued(id, id, 1));
            Assert.That(await ScalarAsync($"SELECT count(*) FROM effect WHERE id = '{id}'"), Is.Zero);
        });
        await Eventually.That(async () => await ScalarAsync($"SELECT count(*) FROM effect WHERE id = '{id}'") == 2, "both stages did not run");
    }

    [Test]
    public async Task A_rolled_back_transaction_sends_nothing_even_if_the_scope_goes_on()
    {
        Guid lost = Guid.CreateVersion7(), kept = Guid.CreateVersion7();
        await using var scope = _service.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        Assert.ThrowsAsync<InvalidOperationException>(() => db.InTransactionAsync(async () =>
        {
            await publish.PublishFor(lost, new CommandIssued(lost, lost, 1));
            throw new InvalidOperationException();
        }));
        await db.InTransactionAsync(() => publish.PublishFor(kept, new CommandIssued(kept, kept, 1)));
        await Eventually.That(async () => await ScalarAsync($"SELECT count(*) FROM effect WHERE id = '{kept}'") == 2, "the later message did not arrive");
        Assert.That(await ScalarAsync($"SELECT count(*) FROM effect WHERE id = '{lost}'"), Is.Zero);
    }

    [Test]
    public async Task The_same_message_twice_takes_effect_once()
    {
        var id = Guid.CreateVersion7();
        var messageId = NewId.NextGuid();
        await _service.PublishAsync(new CommandIssued(id, id, 1), messageId: messageId);
        await _service.PublishAsync(new CommandIssued(id, id, 1), messageId: messageId);
        var marker = Guid.CreateVersion7();
        await _service.PublishAsync(new CommandIssued(marker, marker, 1));
        await Eventually.That(async () => await ScalarAsync($"SELECT count(*) FROM effect WHERE id IN ('{id}', '{marker}')") >= 4, "the messages did not arrive");
        Assert.That(await ScalarAsync($"SELECT count(*) FROM effect WHERE id = '{id}'"), Is.EqualTo(2));
    }

    [Test]
    public async Task A_message_that_cannot_be_sent_waits_alone_and_the_operator_can_send_it_again()
    {
        var healthy = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO outbox(message_id, destination, content_type, message_type, body, attempts, partition_key)
            VALUES (gen_random_uuid(), 'not-an-address', 'application/vnd.masstransit+json', 'urn:message:X:Y', '{}', 19, 'poison')
            """);
        await using (var scope = _service.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
            await db.InTransactionAsync(() => scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().PublishFor(healthy, new CommandIssued(healthy, healthy, 1)));
        }

        await Eventually.That(async () => await ScalarAsync($"SELECT count(*) FROM effect WHERE id = '{healthy}'") == 2, "a poisoned message stopped another");
        await Eventually.That(async () => await ScalarAsync("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL") == 1, "the poisoned message did not die");

        using var list = new HttpRequestMessage(HttpMethod.Get, "/operator/messaging");
        list.Headers.Authorization = Operator();
        using var answer = await _service.Client.SendAsync(list);
        var view = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        var dead = view["dead"]!.AsArray().Single()!;
        Assert.That((string?)dead["messageType"], Is.EqualTo("urn:message:X:Y"));
        Assert.That((string?)dead["lastError"], Is.Not.Empty);

        using var discard = new HttpRequestMessage(HttpMethod.Post, $"/operator/messaging/outbox/{dead["seq"]}/discard");
        discard.Headers.Authorization = Operator();
        using var discarded = await _service.Client.SendAsync(discard);
        Assert.That(discarded.IsSuccessStatusCode, Is.True);
        Assert.That(await ScalarAsync("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL"), Is.Zero);
    }

    [Test]
    public async Task One_trace_runs_from_the_request_through_the_relay_to_the_last_consumer()
    {
        var seen = new ConcurrentBag<string>();
        using var root = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        var trace = default(ActivityTraceId);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MassTransit",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                {
                    seen.Add($"{activity.Kind} {activity.DisplayName}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        root.Start();
        trace = root.TraceId;
        var id = Guid.CreateVersion7();
        await using (var scope = _service.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
            await db.InTransactionAsync(() => scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().PublishFor(id, new CommandIssued(id, id, 1)));
        }

        root.Stop();
        await Eventually.That(
            () => seen.Any(name => name.Contains("stage-two", StringComparison.OrdinalIgnoreCase)),
            $"the last consumer is not part of the trace; seen: {string.Join(", ", seen)}");
    }

    private AuthenticationHeaderValue Operator() =>
        new("Bearer", _service.Tokens.For(sub: "operator", org: Guid.NewGuid(), orgKind: "operator", roles: ["operator"]));

    private async Task<long> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_service.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_service.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
