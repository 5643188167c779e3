using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>
/// The messages a unit of work wants to publish. They are only serialised and kept here; <see cref="OutboxFlush"/> writes them in one statement
/// right before the transaction commits, so publishing does no I/O and a broken connection shows at one place. Where <see cref="SealedMessages"/> are
/// registered, a body cannot be read from the table.
/// </summary>
public sealed class Outbox(TimeProvider clock, SealedMessages? seal = null)
{
    private readonly Lock _gate = new();
    private List<OutboxRow> _rows = [];
    private bool _written;

    public void Add<T>(SendContext<T> context)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        var properties = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        (context as TransportSendContext)?.WritePropertiesTo(properties);
        var id = context.MessageId ?? throw new MessageException(typeof(T), "A message without an id cannot be sent.");
        var body = context.Serializer.GetMessageBody(context).GetString();
        var row = new OutboxRow(
            id,
            context.DestinationAddress!.ToString(),
            (context.ContentType ?? context.Serialization.DefaultContentType).ToString(),
            string.Join(';', context.SupportedMessageTypes),
            seal is null ? body : null,
            seal?.Seal(id, body),
            Json(context.Headers.GetAll().ToDictionary(header => header.Key, header => header.Value)),
            Json(properties),
            context.ConversationId,
            context.CorrelationId,
            context.InitiatorId,
            context.RequestId,
            context.SourceAddress?.ToString(),
            context.ResponseAddress?.ToString(),
            context.FaultAddress?.ToString(),
            context.CorrelationId?.ToString(),
            context.TimeToLive is { } life ? clock.GetUtcNow() + life : null);
        lock (_gate)
        {
            _rows.Add(row);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _rows = [];
        }

        _written = false;
    }

    /// <summary>Whether the transaction that just committed wrote messages; asked once.</summary>
    internal bool TakeWritten() => Interlocked.Exchange(ref _written, false);

    /// <summary>Writes what was added, in one statement.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        List<OutboxRow> rows;
        lock (_gate)
        {
            (rows, _rows) = (_rows, []);
        }

        if (rows.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            INSERT INTO outbox(message_id, destination, content_type, message_type, body, sealed_body, headers, props, conversation_id, correlation_id,
                               initiator_id, request_id, source_address, response_address, fault_address, partition_key, expires_at)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7::jsonb[], $8::jsonb[], $9, $10, $11, $12, $13, $14, $15, $16, $17);
            """,
            connection,
            transaction);
        Column(NpgsqlDbType.Uuid, row => row.MessageId);
        Column(NpgsqlDbType.Text, row => row.Destination);
        Column(NpgsqlDbType.Text, row => row.ContentType);
        Column(NpgsqlDbType.Text, row => row.MessageType);
        Column(NpgsqlDbType.Text, row => row.Body);
        Column(NpgsqlDbType.Bytea, row => row.SealedBody);
        Column(NpgsqlDbType.Text, row => row.Headers);
        Column(NpgsqlDbType.Text, row => row.Properties);
        Column(NpgsqlDbType.Uuid, row => row.ConversationId);
        Column(NpgsqlDbType.Uuid, row => row.CorrelationId);
        Column(NpgsqlDbType.Uuid, row => row.InitiatorId);
        Column(NpgsqlDbType.Uuid, row => row.RequestId);
        Column(NpgsqlDbType.Text, row => row.SourceAddress);
        Column(NpgsqlDbType.Text, row => row.ResponseAddress);
        Column(NpgsqlDbType.Text, row => row.FaultAddress);
        Column(NpgsqlDbType.Text, row => row.PartitionKey);
        Column(NpgsqlDbType.TimestampTz, row => row.ExpiresAt);
        await command.ExecuteNonQueryAsync(ct);
        _written = true;

        void Column<TValue>(NpgsqlDbType type, Func<OutboxRow, TValue> value) =>
            command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static string Json(Dictionary<string, object> values) =>
        SystemTextJsonMessageSerializer.Instance.SerializeDictionary(values)!;
}

internal sealed record OutboxRow(
    Guid MessageId,
    string Destination,
    string ContentType,
    string MessageType,
    string? Body,
    byte[]? SealedBody,
    string Headers,
    string Properties,
    Guid? ConversationId,
    Guid? CorrelationId,
    Guid? InitiatorId,
    Guid? RequestId,
    string? SourceAddress,
    string? ResponseAddress,
    string? FaultAddress,
    string? PartitionKey,
    DateTimeOffset? ExpiresAt);
