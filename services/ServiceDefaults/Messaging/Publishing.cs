using MassTransit;

namespace MedTourism.ServiceDefaults;

/// <summary>A message came before the one it builds on. Thrown by consumers that may be early: the message is tried again for minutes.</summary>
public sealed class NotYetException(string message) : Exception(message);

public static class Publishing
{
    /// <summary>Publishes <paramref name="message"/> through the scope's outbox; messages of one <paramref name="key"/> keep their order to the broker.</summary>
    public static Task PublishFor<T>(this IPublishEndpoint endpoint, Guid key, T message, CancellationToken ct = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint.Publish(message, context => context.CorrelationId = key, ct);
    }
}
