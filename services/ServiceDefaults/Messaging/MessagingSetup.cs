#pragma warning disable RS0030 // Wiring of the bus.
using MassTransit;
using MassTransit.Configuration;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>The receive queues of this service, known once the bus is configured.</summary>
internal sealed class ReceiveQueues
{
    public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);
}

internal static class MessagingSetup
{
    public static void AddMessaging<TDb>(
        this IServiceCollection services, string service, string broker, Action<IBusRegistrationConfigurator>? configure)
        where TDb : DbContext
    {
        var queues = new ReceiveQueues();
        services.AddSingleton(queues);
        services.AddSingleton(new BrokerAddress(new Uri(broker)));
        services.AddSingleton<RelayCall>();
        services.AddScoped<Outbox>();
        services.AddScoped<IOutboxContextFactory<DbContext>, Inbox>();
        services.AddHostedService<Relay>();
        services.AddHostedService<Housekeeping>();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter(service, includeNamespace: false));
            bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
            {
                queues.Names.Add(name);
                ConfigureEndpoint(context, name, endpoint);
            });
            configure?.Invoke(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(broker), host => host.PublisherConfirmation = true);
                rabbit.PrefetchCount = 32;
                rabbit.ConfigureEndpoints(context);
            });
        });
        services.Replace(ServiceDescriptor.Scoped<IScopedBusContextProvider<IBus>, OutboxBusContextProvider>());
    }

    private static void ConfigureEndpoint(IRegistrationContext context, string name, IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            rabbit.SetQuorumQueue();
            rabbit.SetQueueArgument("x-delivery-limit", 20);
            rabbit.BindDeadLetterQueue($"{name}_undelivered");
        }

        // Outside the inbox, so that every try gets a fresh scope and transaction. Infrastructure that is away may stay away for as long as a
        // database restart takes; anything else is a bug or a poisoned message and goes to the error queue soon.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsInfrastructure);
            retry.Exponential(60, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(IsInfrastructure);
            retry.Intervals(100, 500, 2000);
        });

        var inbox = new OutboxConsumePipeSpecificationObserver<DbContext>(endpoint, context);
        endpoint.ConnectConsumerConfigurationObserver(inbox);
        endpoint.ConnectSagaConfigurationObserver(inbox);
    }

    /// <summary>The database, the broker or a message this one builds on is away for now; nothing is wrong with the work itself.</summary>
    internal static bool IsInfrastructure(Exception? exception) => exception switch
    {
        null => false,
        NotYetException => true,
        PostgresException postgres => postgres.IsTransient || postgres.SqlState is "40001" or "40P01" or "55P03" or "0A000"
            || postgres.SqlState.StartsWith("57P0", StringComparison.Ordinal) || postgres.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or System.Net.Sockets.SocketException or ObjectDisposedException or TimeoutException => true,
        _ => IsInfrastructure(exception.InnerException),
    };
}

/// <summary>Where the broker is, with its credentials.</summary>
internal sealed record BrokerAddress(Uri Uri);
