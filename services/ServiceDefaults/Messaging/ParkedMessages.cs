using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>
/// Single messages of an error queue. To look at one it is taken and a copy put at the queue's end, confirmed, before it is acknowledged: giving
/// it back counts as a failed delivery, and the queue drops what was given back too often. A crash in between leaves a copy, which the inbox absorbs.
/// </summary>
internal static class ParkedMessages
{
    public const int Shown = 100;
    private const int LongestReason = 500;

    /// <summary>The id is the message's own; what came without one is known by its content.</summary>
    public sealed record Parked(string Id, string? MessageType, string? Reason, DateTimeOffset? FailedAt);

    /// <summary>The first <see cref="Shown"/> messages; null if there is no such queue.</summary>
    public static async Task<IReadOnlyList<Parked>?> ListAsync(Uri broker, string queue, CancellationToken ct)
    {
        var parked = new List<Parked>();
        var exists = await PassAsync(
            broker, queue, Shown, (message, _) =>
            {
                parked.Add(Describe(message));
                return Task.FromResult(false);
            },
            ct);
        return exists ? parked : null;
    }

    /// <summary>Removes the one message of that id after <paramref name="record"/> has put it on record; false if it is not there.</summary>
    public static async Task<bool> RemoveAsync(Uri broker, string queue, string id, Func<Parked, Task> record, CancellationToken ct)
    {
        var removed = false;
        await PassAsync(
            broker, queue, int.MaxValue, async (message, acknowledge) =>
            {
                if (IdOf(message) != id)
                {
                    return false;
                }

                await record(Describe(message));
                await acknowledge();
                return removed = true;
            },
            ct);
        return removed;
    }

    /// <summary>Shows each message that waits now to <paramref name="see"/>, which may acknowledge it and end the pass with true.</summary>
    private static async Task<bool> PassAsync(Uri broker, string queue, int most, Func<BasicGetResult, Func<ValueTask>, Task<bool>> see, CancellationToken ct)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct);
        await using var channel = await ErrorQueues.ConfirmedAsync(connection, ct);
        if (await ErrorQueues.WaitingAsync(channel, queue, ct) is not { } waiting)
        {
            return false;
        }

        for (var seen = 0; seen < Math.Min(waiting, most) && await channel.BasicGetAsync(queue, autoAck: false, ct) is { } message; seen++)
        {
            if (await see(message, () => channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct)))
            {
                break;
            }

            var properties = new BasicProperties(message.BasicProperties);
            properties.Headers?.Remove("x-delivery-count");
            await channel.BasicPublishAsync(string.Empty, queue, mandatory: true, properties, message.Body, ct);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct);
        }

        // Closed in order, so that the broker has every acknowledgement when the next operator looks.
        await channel.CloseAsync(ct);
        return true;
    }

    private static string IdOf(BasicGetResult message) =>
        message.BasicProperties.MessageId is { Length: > 0 } id ? id : "content-" + Convert.ToHexStringLower(SHA256.HashData(message.Body.Span))[..32];

    private static Parked Describe(BasicGetResult message) => new(
        IdOf(message),
        TypeOf(message.Body),
        Header(message, "MT-Fault-Message") is { } reason ? reason[..Math.Min(reason.Length, LongestReason)] : Header(message, "MT-Reason"),
        DateTimeOffset.TryParse(Header(message, "MT-Fault-Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null);

    private static string? Header(BasicGetResult message, string name) => message.BasicProperties.Headers?.TryGetValue(name, out var value) == true
        ? value switch
        {
            byte[] text => Encoding.UTF8.GetString(text),
            AmqpTimestamp time => DateTimeOffset.FromUnixTimeSeconds(time.UnixTime).ToString("O", CultureInfo.InvariantCulture),
            _ => value?.ToString(),
        }
        : null;

    private static string? TypeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            return envelope.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 0
                && types[0].ValueKind == JsonValueKind.String
                    ? types[0].GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
