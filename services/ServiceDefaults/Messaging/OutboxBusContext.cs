#pragma warning disable RS0030 // This file is the one place where the bus is put behind the outbox.
using MassTransit;
using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>Outside a consumer: whatever a scope publishes or sends goes to its outbox.</summary>
internal sealed class OutboxBusContext(IBus bus, Outbox outbox, IClientFactory clients, IServiceProvider services) : ScopedBusContext, OutboxSendContext
{
    public ISendEndpointProvider SendEndpointProvider => field ??= new OutboxSendEndpointProvider(this, bus);

    public IPublishEndpoint PublishEndpoint => field ??= new PublishEndpoint(new OutboxPublishEndpointProvider(this, bus));

    public IScopedClientFactory ClientFactory =>
        field ??= new ScopedClientFactory(new ClientFactory(new ScopedClientFactoryContext(clients, services)), null!);

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        outbox.Add(context);
        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => services.GetService(serviceType);
}

/// <summary>Gives a scope its way to the bus: the consumer's context inside a consumer, the outbox elsewhere.</summary>
internal sealed class OutboxBusContextProvider(
    IBus bus,
    Outbox outbox,
    Bind<IBus, IClientFactory> clients,
    Bind<IBus, IScopedConsumeContextProvider> consuming,
    IServiceProvider services) : IScopedBusContextProvider<IBus>
{
    public ScopedBusContext Context { get; } = consuming.Value.HasContext
        ? new ConsumeContextScopedBusContext(consuming.Value.GetContext(), clients.Value)
        : new OutboxBusContext(bus, outbox, clients.Value, services);
}
