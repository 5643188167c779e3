using MedTourism.ChaosHost;
using MedTourism.ServiceDefaults;
using MedTourism.ServiceDefaults.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

// A small service on the shared parts. To be killed: "work" consumes two stages and relays, "produce N CLIENTS" commits commands.
// Without arguments it serves a few endpoints for the tests of requests and tokens.
var mode = args.FirstOrDefault(argument => argument is "work" or "produce") ?? "serve";
var builder = WebApplication.CreateBuilder(args);
if (mode != "serve")
{
    builder.Configuration["Identity:Authority"] = "http://127.0.0.1:1";
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.Logging.SetMinimumLevel(LogLevel.Error);
}

builder.AddServiceDefaults<ChaosDb>("chaos", bus =>
{
    if (mode != "produce")
    {
        bus.AddConsumer<StageOne>();
        bus.AddConsumer<StageTwo>();
    }
});

// The two mutants: the test must fail with either, or it proves nothing.
switch (Environment.GetEnvironmentVariable("MUTANT"))
{
    case "no-inbox":
        builder.Services.Replace(ServiceDescriptor.Scoped<MassTransit.Middleware.IOutboxContextFactory<DbContext>, WithoutInbox>());
        break;
    case "delete-first":
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Relay)));
        builder.Services.AddHostedService<DeleteFirstRelay>();
        break;
}

if (mode == "produce")
{
    builder.Services.Remove(builder.Services.Single(service => typeof(Relay).IsAssignableFrom(service.ImplementationType)));
}

var app = builder.Build();
app.UseServiceDefaults();
Things.Map(app);
await app.StartAsync();
if (mode == "produce")
{
    await Producer.RunAsync(app.Services, total: int.Parse(args[1]), clients: int.Parse(args[2]));
    await app.StopAsync();
}
else
{
    await app.WaitForShutdownAsync();
}

public partial class Program;
