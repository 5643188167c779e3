using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MedTourism.TestKit;
using Npgsql;
using RabbitMQ.Client;

namespace MedTourism.ServiceDefaults.Tests.Messaging;

/// <summary>An operator looks into an error queue and throws away what can never succeed, one message at a time.</summary>
internal sealed class ErrorQueueTests
{
    private const string Queue = "chaos-stage-one_error";
    private ServiceUnderTest<Program> _service = null!;

    [SetUp]
    public async Task StartAsync() => _service = await ServiceUnderTest<Program>.StartAsync("chaos");

    [TearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task One_message_is_thrown_away_on_record_and_the_others_stay()
    {
        var (first, second, third) = (await FailAsync(), await FailAsync(), await FailAsync());
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-1);

        var parked = await ListAsync();
        Assert.That(parked.Select(message => (string)message!["id"]!), Is.EquivalentTo([first, second, third]));
        Assert.That(parked.Select(message => (string?)message!["messageType"]), Has.All.EqualTo("urn:message:MedTourism.ChaosHost:CommandIssued"));
        Assert.That(parked.Select(message => (string?)message!["reason"]), Has.All.Not.Empty);
        Assert.That(parked.Select(message => (DateTimeOffset)message!["failedAt"]!), Has.All.GreaterThan(before));

        Assert.That(await DiscardAsync(second, "ops-1"), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await ListAsync()).Select(message => (string)message!["id"]!), Is.EquivalentTo([first, third]));
        Assert.That(
            await ActsAsync(), Is.EqualTo([$"ops-1 discard {Queue} {second} urn:message:MedTourism.ChaosHost:CommandIssued"]));
        Assert.That(await ScalarAsync("SELECT at FROM operator_acts"), Is.EqualTo(TimeProvider.System.GetUtcNow().UtcDateTime).Within(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task Two_operators_at_once_throw_a_message_away_once()
    {
        var (kept, wrong) = (await FailAsync(), await FailAsync());
        var answers = await Task.WhenAll(DiscardAsync(wrong, "ops-1"), DiscardAsync(wrong, "ops-2"));
        Assert.That(answers, Is.EquivalentTo([HttpStatusCode.NoContent, HttpStatusCode.NotFound]));
        Assert.That((await ListAsync()).Select(message => (string)message!["id"]!), Is.EqualTo([kept]));
        Assert.That(await ActsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Two_operators_at_once_each_find_their_own_message()
    {
        var messages = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            messages.Add(await FailAsync());
        }

        var answers = await Task.WhenAll(messages.Skip(2).Select(id => DiscardAsync(id, "ops")).Append(LookAsync()));
        Assert.That(answers.SkipLast(1), Has.All.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await ListAsync()).Select(message => (string)message!["id"]!), Is.EquivalentTo(messages.Take(2)));

        async Task<HttpStatusCode> LookAsync()
        {
            await ListAsync();
            return HttpStatusCode.OK;
        }
    }

    [Test]
    public async Task Looking_however_often_loses_and_moves_nothing()
    {
        var (first, second) = (await FailAsync(), await FailAsync());
        for (var look = 0; look < 25; look++) // more often than the queue gives a message out again
        {
            Assert.That((await ListAsync()).Select(message => (string)message!["id"]!), Is.EqualTo([first, second]), $"at look {look}");
        }
    }

    [Test]
    public async Task What_has_neither_id_nor_type_can_be_thrown_away_too()
    {
        await SendAsync("not an envelope", null);
        await Eventually.That(async () => (await ListAsync()).Count == 1, "the message did not fail");
        var message = (await ListAsync()).Single()!;
        Assert.That((string?)message["messageType"], Is.Null);
        Assert.That(await DiscardAsync((string)message["id"]!, "ops"), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await ListAsync(), Is.Empty);
    }

    [Test]
    public async Task What_is_not_there_is_not_found_and_leaves_no_record()
    {
        Assert.That(await DiscardAsync(Guid.NewGuid().ToString(), "ops"), Is.EqualTo(HttpStatusCode.NotFound), "the queue is not made yet");
        var kept = await FailAsync();
        Assert.That(await DiscardAsync(Guid.NewGuid().ToString(), "ops"), Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await DiscardAsync(kept, "ops", "chaos-stage-one"), Is.EqualTo(HttpStatusCode.NotFound), "only error queues");
        Assert.That((await ListAsync()).Select(message => (string)message!["id"]!), Is.EqualTo([kept]));
        Assert.That(await ActsAsync(), Is.Empty);
    }

    [Test]
    public async Task Playing_again_is_on_record_and_no_record_can_be_changed()
    {
        await FailAsync();
        using var client = Operator("ops-3");
        using var replayed = await client.PostAsync(new Uri($"/operator/messaging/errors/{Queue}/replay", UriKind.Relative), null);
        Assert.That(replayed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await ActsAsync(), Is.EqualTo([$"ops-3 replay {Queue}"]));
        Assert.That(async () => await ScalarAsync("DELETE FROM operator_acts"), Throws.InstanceOf<PostgresException>());
        Assert.That(async () => await ScalarAsync("UPDATE operator_acts SET actor = 'nobody'"), Throws.InstanceOf<PostgresException>());
    }

    /// <summary>A command whose number is a word: no consumer ever reads it.</summary>
    private async Task<string> FailAsync()
    {
        var id = Guid.NewGuid().ToString();
        await SendAsync(
            $$"""{"messageId":"{{id}}","messageType":["urn:message:MedTourism.ChaosHost:CommandIssued"],"message":{"id":"{{id}}","grp":"{{id}}","n":"many"} }""", id);
        await Eventually.That(async () => (await ListAsync()).Any(message => (string?)message!["id"] == id), "the message did not fail");
        return id;
    }

    private async Task SendAsync(string body, string? id)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(_service.BrokerUri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true };
        if (id is not null)
        {
            properties.MessageId = id;
        }

        await channel.BasicPublishAsync(string.Empty, "chaos-stage-one", mandatory: true, properties, Encoding.UTF8.GetBytes(body));
        await channel.CloseAsync();
    }

    private async Task<JsonArray> ListAsync()
    {
        using var client = Operator("ops");
        return (await client.GetFromJsonAsync<JsonNode>(new Uri($"/operator/messaging/errors/{Queue}/messages", UriKind.Relative)))!["messages"]!.AsArray();
    }

    private async Task<HttpStatusCode> DiscardAsync(string id, string actor, string queue = Queue)
    {
        using var client = Operator(actor);
        using var answer = await client.PostAsync(new Uri($"/operator/messaging/errors/{queue}/messages/{id}/discard", UriKind.Relative), null);
        return answer.StatusCode;
    }

    private HttpClient Operator(string subject) => _service.ClientFor(_service.Tokens.For(sub: subject, org: Guid.NewGuid(), orgKind: "operator", roles: ["operator"]));

    private async Task<List<string>> ActsAsync()
    {
        await using var source = NpgsqlDataSource.Create(_service.ConnectionString);
        await using var command = source.CreateCommand("SELECT concat_ws(' ', actor, act, queue, message_id, message_type) FROM operator_acts ORDER BY id");
        await using var rows = await command.ExecuteReaderAsync();
        var acts = new List<string>();
        while (await rows.ReadAsync())
        {
            acts.Add(rows.GetString(0));
        }

        return acts;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_service.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
