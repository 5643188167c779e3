using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MedTourism.ServiceDefaults;

/// <summary>Traces and metrics, exported by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    public static readonly Meter Meter = new("MedTourism");

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration, string service)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 })
        {
            return;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, "medtourism"))
            .WithTracing(traces => traces
                // Queries are redacted by default; health checks say nothing about people's requests.
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                .AddSource("System.Net.Http", "MassTransit", "Npgsql", "MedTourism.*")
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter("MedTourism", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "MassTransit")
                .AddOtlpExporter());
    }
}
