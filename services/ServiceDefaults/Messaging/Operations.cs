using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>What the operator sees and does: the outbox's depth and age, dead messages, error queues, and sending them again or throwing them away.</summary>
internal static class Operations
{
    public static void MapMessagingOperations(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/operator/messaging").RequireOrganisation("operator");
        group.MapGet("/", ShowAsync);
        group.MapPost("/outbox/{seq:long}/redrive", RedriveAsync);
        group.MapPost("/outbox/{seq:long}/discard", DiscardAsync);
        group.MapPost("/errors/{queue}/replay", ReplayAsync);
        group.MapGet("/errors/{queue}/messages", ListErrorsAsync);
        group.MapPost("/errors/{queue}/messages/{id}/discard", DiscardErrorAsync);
    }

    internal sealed record DeadMessage(long Seq, Guid MessageId, string MessageType, int Attempts, string? LastError, DateTimeOffset CreatedAt);

    internal sealed record View(
        string Service, long OutboxDepth, double OldestSeconds, IReadOnlyList<DeadMessage> Dead, IReadOnlyList<ErrorQueues.Depth> ErrorQueues, bool BrokerReachable);

    private static async Task<View> ShowAsync(
        ServiceName service, NpgsqlDataSource database, BrokerAddress broker, ReceiveQueues queues, CancellationToken ct)
    {
        await using var summary = database.CreateCommand(
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox WHERE dead_at IS NULL");
        await using var row = await summary.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (depth, oldest) = (row.GetInt64(0), row.GetDouble(1));

        var dead = new List<DeadMessage>();
        await using var list = database.CreateCommand(
            "SELECT seq, message_id, message_type, attempts, last_error, created_at FROM outbox WHERE dead_at IS NOT NULL ORDER BY seq LIMIT 100");
        await using var rows = await list.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            dead.Add(new DeadMessage(
                rows.GetInt64(0), rows.GetGuid(1), rows.GetString(2).Split(';')[0], rows.GetInt32(3), rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.GetFieldValue<DateTimeOffset>(5)));
        }

        var depths = await ErrorQueues.DepthsAsync(broker.Uri, queues.Names, ct);
        return new View(service.Value, depth, oldest, dead, depths ?? [], depths is not null);
    }

    private static Task<IResult> RedriveAsync(long seq, NpgsqlDataSource database, HttpContext http, CancellationToken ct) =>
        ChangeAsync(database, "redrive", "UPDATE outbox SET dead_at = NULL, attempts = 0, next_attempt_at = now() WHERE seq = $1 AND dead_at IS NOT NULL", seq, Actor(http), ct);

    private static Task<IResult> DiscardAsync(long seq, NpgsqlDataSource database, HttpContext http, CancellationToken ct) =>
        ChangeAsync(database, "discard", "DELETE FROM outbox WHERE seq = $1 AND dead_at IS NOT NULL", seq, Actor(http), ct);

    private static async Task<IResult> ChangeAsync(NpgsqlDataSource database, string act, string sql, long seq, string actor, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            WITH done AS ({sql} RETURNING message_id, message_type)
            INSERT INTO operator_acts (actor, act, queue, message_id, message_type)
            SELECT $2, '{act}', 'outbox', message_id::text, split_part(message_type, ';', 1) FROM done
            """);
        command.Parameters.AddWithValue(seq);
        command.Parameters.AddWithValue(actor);
        return await command.ExecuteNonQueryAsync(ct) == 1
            ? TypedResults.NoContent()
            : Problems.NotFound("message-unknown", "There is no dead message with this number. It may have been handled meanwhile.");
    }

    private static async Task<IResult> ReplayAsync(
        string queue, BrokerAddress broker, ReceiveQueues queues, NpgsqlDataSource database, HttpContext http, CancellationToken ct)
    {
        if (Source(queues, queue) is not { } source)
        {
            return UnknownQueue();
        }

        await using var turn = await OperatorActs.TakeTurnAsync(database, ct);
        await OperatorActs.RecordAsync(database, Actor(http), "replay", queue, null, null, ct);
        return TypedResults.Ok(new { queue, replayed = await ErrorQueues.ReplayAsync(broker.Uri, queue, source, ct) });
    }

    private static async Task<IResult> ListErrorsAsync(string queue, BrokerAddress broker, ReceiveQueues queues, NpgsqlDataSource database, CancellationToken ct)
    {
        if (Source(queues, queue) is null)
        {
            return UnknownQueue();
        }

        await using var turn = await OperatorActs.TakeTurnAsync(database, ct);
        return TypedResults.Ok(new { queue, messages = await ParkedMessages.ListAsync(broker.Uri, queue, ct) ?? [] });
    }

    private static async Task<IResult> DiscardErrorAsync(
        string queue, string id, BrokerAddress broker, ReceiveQueues queues, NpgsqlDataSource database, HttpContext http, CancellationToken ct)
    {
        if (Source(queues, queue) is null)
        {
            return UnknownQueue();
        }

        await using var turn = await OperatorActs.TakeTurnAsync(database, ct);
        return await ParkedMessages.RemoveAsync(
            broker.Uri, queue, id, message => OperatorActs.RecordAsync(database, Actor(http), "discard", queue, message.Id, message.MessageType, ct), ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("message-unknown", "There is no message with this id in the queue. It may have been handled meanwhile.");
    }

    private static string? Source(ReceiveQueues queues, string queue) =>
        queues.Names.FirstOrDefault(name => ErrorQueues.Suffixes.Any(suffix => name + suffix == queue));

    private static ProblemHttpResult UnknownQueue() => Problems.NotFound("queue-unknown", "This service has no error queue of that name.");

    private static string Actor(HttpContext http) => http.Caller() is var caller && caller.Subject is { } subject ? subject : caller.ClientId ?? string.Empty;
}
