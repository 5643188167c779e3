#pragma warning disable RS0030 // The probe stands outside every service: it has no outbox and owns its bus.
using System.Collections.Concurrent;
using MassTransit;
using MedTourism.Contracts.Booking;

namespace MedTourism.TestKit;

/// <summary>A bus of its own in the service's virtual host: publishes as another service would, and keeps every contract message it sees.</summary>
internal sealed class BusProbe : IAsyncDisposable
{
    private static readonly Type[] Contracts =
    [
        .. typeof(HoldPlaced).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericType: false }
            && type.Namespace!.StartsWith("MedTourism.Contracts.", StringComparison.Ordinal)),
    ];

    private readonly ConcurrentQueue<object> _seen = new();
    private readonly IBusControl _bus;

    private BusProbe(string broker) => _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
    {
        rabbit.Host(new Uri(broker));
        rabbit.ReceiveEndpoint($"probe-{Guid.NewGuid():N}", endpoint =>
        {
            endpoint.AutoDelete = true;
            foreach (var contract in Contracts)
            {
                endpoint.Instance(Activator.CreateInstance(typeof(Ear<>).MakeGenericType(contract), _seen)!);
            }
        });
    });

    public static async Task<BusProbe> StartAsync(string broker)
    {
        var probe = new BusProbe(broker);
        await probe._bus.StartAsync(TimeSpan.FromSeconds(60));
        return probe;
    }

    public Task PublishAsync<T>(T message, Guid? key, Guid? messageId)
        where T : class =>
        _bus.Publish(message, context =>
        {
            context.CorrelationId = key;
            context.MessageId = messageId ?? context.MessageId;
        });

    public IReadOnlyList<T> Received<T>()
        where T : class =>
        Contracts.Contains(typeof(T))
            ? [.. _seen.OfType<T>()]
            : throw new ArgumentException($"{typeof(T).Name} is not a message of MedTourism.Contracts, so the probe cannot hear it.");

    public async ValueTask DisposeAsync() => await _bus.StopAsync(TimeSpan.FromSeconds(10));

    private sealed class Ear<T>(ConcurrentQueue<object> seen) : IConsumer<T>
        where T : class
    {
        public Task Consume(ConsumeContext<T> context)
        {
            seen.Enqueue(context.Message);
            return Task.CompletedTask;
        }
    }
}
