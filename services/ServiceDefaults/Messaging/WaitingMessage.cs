using MassTransit;
using MassTransit.Metadata;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>One row of the outbox, with everything the message had when it was published: ids, addresses, headers (the trace among them), body.</summary>
public sealed class WaitingMessage : OutboxMessageContext
{
    internal const string Columns =
        """
        seq, message_id, destination, content_type, message_type, body, headers::text, props::text, conversation_id, correlation_id, initiator_id,
        request_id, source_address, response_address, fault_address, expires_at, partition_key, sealed_body
        """;

    private readonly string _destination;
    private readonly byte[]? _sealed;
    private string? _body;

    private WaitingMessage(NpgsqlDataReader row)
    {
        SequenceNumber = row.GetInt64(0);
        MessageId = row.GetGuid(1);
        _destination = row.GetString(2);
        ContentType = row.GetString(3);
        MessageType = row.GetString(4);
        _sealed = row.IsDBNull(17) ? null : row.GetFieldValue<byte[]>(17);
        _body = _sealed is null ? row.GetString(5) : null;
        Headers = row.IsDBNull(6) ? EmptyHeaders.Instance : new DictionarySendHeaders(Json(row.GetString(6))!);
        Properties = row.IsDBNull(7) ? new Dictionary<string, object>() : Json(row.GetString(7));
        ConversationId = Id(row, 8);
        CorrelationId = Id(row, 9);
        InitiatorId = Id(row, 10);
        RequestId = Id(row, 11);
        SourceAddress = Address(row, 12);
        ResponseAddress = Address(row, 13);
        FaultAddress = Address(row, 14);
        ExpirationTime = row.IsDBNull(15) ? null : row.GetDateTime(15);
        PartitionKey = row.IsDBNull(16) ? null : row.GetString(16);
    }

    public long SequenceNumber { get; }

    public Guid MessageId { get; }

    /// <summary>Read only when it is sent, so that a wrong address is the fault of this message alone.</summary>
    public Uri Destination => new(_destination);

    public string? PartitionKey { get; }

    public string ContentType { get; }

    public string MessageType { get; }

    /// <exception cref="InvalidOperationException">It is sealed and was not opened.</exception>
    public string Body => _body ?? throw new InvalidOperationException("The body of this message is sealed.");

    public Headers Headers { get; }

    public IReadOnlyDictionary<string, object> Properties { get; }

    public Guid? ConversationId { get; }

    public Guid? CorrelationId { get; }

    public Guid? InitiatorId { get; }

    public Guid? RequestId { get; }

    public Uri? SourceAddress { get; }

    public Uri? DestinationAddress => Destination;

    public Uri? ResponseAddress { get; }

    public Uri? FaultAddress { get; }

    public DateTime? ExpirationTime { get; }

    public DateTime? SentTime => null;

    public HostInfo Host => HostMetadataCache.Host;

    Guid? MessageContext.MessageId => MessageId;

    /// <exception cref="System.Security.Cryptography.CryptographicException">The body was sealed with another key, or for another message.</exception>
    internal void Open(SealedMessages? seal)
    {
        if (_body is null && seal is not null)
        {
            _body = seal.Open(MessageId, _sealed!);
        }
    }

    internal static WaitingMessage Read(NpgsqlDataReader row) => new(row);

    private static Dictionary<string, object> Json(string text) =>
        SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object>(text)!;

    private static Guid? Id(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static Uri? Address(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new Uri(row.GetString(column));
}
