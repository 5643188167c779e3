using MedTourism.StripeStandIn.Api;
using MedTourism.StripeStandIn.Pages;
using MedTourism.StripeStandIn.State;
using MedTourism.StripeStandIn.Webhooks;
using Npgsql;

namespace MedTourism.StripeStandIn;

/// <summary>
/// A local stand-in for Stripe's API and hosted payment page, for development and tests only: no money moves, and it refuses live keys.
/// It speaks the wire format of version 2026-10-28.endive for the part of the API that this system uses.
/// </summary>
public static class StandIn
{
    public const string ApiVersion = "2026-10-28.endive";

    private const long LargestBody = 256 * 1024;

    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        if (settings is not null)
        {
            builder.Configuration.AddInMemoryCollection(settings);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);

        var options = StandInOptions.From(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<StandInClock>();
        builder.Services.AddSingleton<WebhookSwitches>();
        builder.Services.AddSingleton<Faults>();
        builder.Services.AddSingleton(services => new Store(
            options.Database is null ? null : NpgsqlDataSource.Create(options.Database),
            services.GetRequiredService<StandInClock>(),
            options,
            services.GetRequiredService<WebhookSwitches>()));
        builder.Services.AddHttpClient(Deliveries.ClientName).RemoveAllLoggers();
        builder.Services.AddHostedService<Deliveries>();
        builder.Services.AddHostedService<Settlements>();

        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => options.ListensOn(app.Urls));
        app.MapGet("/health/live", () => "ok");
        var api = new StripeApi(app);
        CheckoutSessions.Map(api);
        PaymentIntents.Map(api);
        Charges.Map(api);
        Refunds.Map(api);
        Events.Map(api);
        Customers.Map(api);
        WebhookEndpoints.Map(api);
        api.MapUnknown();
        PaymentPage.Map(app);
        TestControls.Map(app);
        return app;
    }
}
