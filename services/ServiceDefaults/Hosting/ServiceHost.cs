using System.Data.Common;
using MassTransit;
using MedTourism.ServiceDefaults.Messaging;
using MedTourism.ServiceDefaults.Requests;
using MedTourism.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedTourism.ServiceDefaults;

/// <summary>What every service of the market is made of: database, messages, tokens, problems, limits, health, documents and telemetry.</summary>
public static class ServiceHost
{
    private const long LargestBody = 256 * 1024;

    /// <summary>Statements of a connection that are planned once. Set <c>Max Auto Prepare=0</c> in the connection string behind a pooler that forgets them.</summary>
    private const int StatementsPrepared = 100;

    /// <summary>
    /// Registers the shared parts for the service called <paramref name="name"/> (lower case; also its audience and the prefix of its queues).
    /// Needs <c>ConnectionStrings:Database</c>, <c>ConnectionStrings:RabbitMq</c> and <c>Identity:Authority</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of these settings is missing.</exception>
    public static WebApplicationBuilder AddServiceDefaults<TDb>(
        this WebApplicationBuilder builder, string name, Action<IBusRegistrationConfigurator>? bus = null)
        where TDb : DbContext
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        if (!builder.Environment.EnvironmentName.Equals("Development", StringComparison.Ordinal))
        {
            // Query texts and message traces are for development; production logs one line per business event.
            builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
            builder.Logging.AddFilter("MassTransit", LogLevel.Warning);
        }

        builder.Logging.AddSafeTraces();
        var services = builder.Services;
        services.AddSingleton(new ServiceName(name));
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();

        services.AddDatabase<TDb>(builder.Configuration.Required("ConnectionStrings:Database"), name);
        services.AddMessaging<TDb>(name, builder.Configuration.Required("ConnectionStrings:RabbitMq"), bus);
        services.AddTokens(builder.Configuration, name);
        services.AddRequestDefaults(builder.Configuration);
        services.AddTelemetry(builder.Configuration, name);
        services.AddOpenApi(options => options.OpenApiVersion = Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_1);
        services.Configure<ForwardedHeadersOptions>(options => TrustProxies(options, builder.Configuration["Proxies"] ?? string.Empty));
        return builder;
    }

    /// <summary>Adds the middleware in its order and the endpoints every service has.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        // Before authorization: its files are for everyone who may reach it.
        if (app.Environment.EnvironmentName.Equals("Development", StringComparison.Ordinal)
            || app.Configuration.GetValue<bool>("OpenApi:Ui"))
        {
            app.UseSwaggerUI(options => options.SwaggerEndpoint("/openapi/v1.json", app.Services.GetRequiredService<ServiceName>().Value));
        }

        app.UseRouting();
        app.UseSafeTraces();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        // After these, so that nothing is read for who may not send.
        app.Use(Oversized.HandleAsync);

        app.MapHealth();
        app.MapOpenApi().AllowAnonymous();
        app.MapMessagingOperations();
        return app;
    }

    /// <summary>Reads a setting that has no sensible default.</summary>
    /// <exception cref="InvalidOperationException">The setting is missing or empty.</exception>
    public static string Required(this IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"The setting '{key}' is missing. Set the environment variable '{key.Replace(":", "__", StringComparison.Ordinal)}'.");

    /// <summary>
    /// Who may say which address a request really came from, so that limits count people and not the web's replicas: this machine, and the
    /// addresses or networks (<c>10.0.0.0/8</c>) of the setting <c>Proxies</c>.
    /// </summary>
    private static void TrustProxies(ForwardedHeadersOptions options, string proxies)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        foreach (var proxy in proxies.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (proxy.Contains('/', StringComparison.Ordinal))
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
            else
            {
                options.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
            }
        }
    }

    private static void AddDatabase<TDb>(this IServiceCollection services, string connectionString, string name)
        where TDb : DbContext
    {
        services.AddSingleton(_ =>
        {
            var source = new NpgsqlDataSourceBuilder(connectionString);
            ForServices(source.ConnectionStringBuilder, name, plans: !new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Max Auto Prepare"));
            source.EnableDynamicJson();
            return source.Build();
        });
        services.AddScoped<OutboxFlush>();
        services.AddDbContext<TDb>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .AddInterceptors(provider.GetRequiredService<OutboxFlush>()));
        services.AddScoped<DbContext>(provider => provider.GetRequiredService<TDb>());
        services.AddSchema(typeof(TDb).Assembly);
    }

    /// <summary>
    /// Statements are planned once per connection, and no reset is sent when one goes back to the pool: nothing here leaves state in a session
    /// (SET LOCAL, locks of transactions). A session whose process or network vanished in a transaction must not keep its locks for hours.
    /// </summary>
    private static void ForServices(NpgsqlConnectionStringBuilder connection, string name, bool plans)
    {
        connection.ApplicationName = name;
        connection.NoResetOnClose = true;
        connection.MaxAutoPrepare = plans ? StatementsPrepared : connection.MaxAutoPrepare;
        connection.TcpKeepAlive = true;
        connection.TcpKeepAliveTime = 30;
        connection.TcpKeepAliveInterval = 10;
        connection.Options = $"{connection.Options} -c idle_in_transaction_session_timeout=60s -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3".TrimStart();
    }
}

/// <summary>The service's own name, lower case.</summary>
public sealed record ServiceName(string Value);
