using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>The queues beside a receive queue that hold what could not be consumed, and how to send it back.</summary>
internal static class ErrorQueues
{
    public static readonly string[] Suffixes = ["_error", "_skipped", "_undelivered"];

    public sealed record Depth(string Queue, uint Messages);

    /// <summary>Depth of every error queue that exists; null if the broker cannot be reached.</summary>
    public static async Task<IReadOnlyList<Depth>?> DepthsAsync(Uri broker, IEnumerable<string> queues, CancellationToken ct)
    {
        try
        {
            await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct);
            var depths = new List<Depth>();
            foreach (var queue in queues.SelectMany(name => Suffixes.Select(suffix => name + suffix)))
            {
                // A passive declaration of a queue that does not exist closes the channel, so each gets its own.
                await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
                if (await WaitingAsync(channel, queue, ct) is { } messages)
                {
                    depths.Add(new Depth(queue, messages));
                }
            }

            return depths;
        }
        catch (BrokerUnreachableException)
        {
            return null;
        }
    }

    /// <summary>
    /// Sends what lies in <paramref name="queue"/> back to <paramref name="source"/>'s exchange with its message id, so that the inbox still
    /// absorbs what was done. Each message is acknowledged only after the broker confirmed its copy.
    /// </summary>
    public static async Task<int> ReplayAsync(Uri broker, string queue, string source, CancellationToken ct)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct);
        await using var channel = await ConfirmedAsync(connection, ct);
        if (await WaitingAsync(channel, queue, ct) is not { } waiting)
        {
            return 0;
        }

        var replayed = 0;
        for (; replayed < waiting && await channel.BasicGetAsync(queue, autoAck: false, ct) is { } message; replayed++)
        {
            var properties = new BasicProperties(message.BasicProperties);
            properties.Headers = properties.Headers?
                .Where(header => !header.Key.StartsWith("MT-Fault-", StringComparison.Ordinal) && !header.Key.StartsWith("x-death", StringComparison.Ordinal) && header.Key is not ("MT-Reason" or "x-delivery-count"))
                .ToDictionary(header => header.Key, header => header.Value);
            await channel.BasicPublishAsync(source, string.Empty, mandatory: true, properties, message.Body, ct);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct);
        }

        return replayed;
    }

    /// <summary>A channel on which a publication ends when the broker has the message.</summary>
    public static Task<IChannel> ConfirmedAsync(IConnection connection, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
    }

    /// <summary>How many messages wait; null if there is no such queue, and then the channel is closed.</summary>
    public static async Task<uint?> WaitingAsync(IChannel channel, string queue, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(channel);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, ct)).MessageCount;
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }
}
