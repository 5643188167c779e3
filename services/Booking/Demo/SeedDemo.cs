using MassTransit;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Demo;

/// <summary>
/// Fills the calendars of a demonstration once, when Catalog has told its offers and machines: about sixty per cent of eight weeks around today.
/// Everything it makes is marked demo.
/// </summary>
public sealed class SeedDemo(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SeedDemo> log) : BackgroundService
{
    private const int EnoughResources = 20;
    private const string Name = "calendars-1";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3), clock);
        var before = (Resources: 0, Offers: 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<BookingDb>();
                var now = (Resources: await db.Resources.CountAsync(x => x.Status == "open", stoppingToken), Offers: await db.OfferTerms.CountAsync(stoppingToken));
                if (now.Resources >= EnoughResources && now.Offers > 0 && now == before)
                {
                    var made = await RunOnceAsync(db, scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), stoppingToken);
                    log.LogInformation("Demo calendars are ready, {Count} demo bookings were made", made);
                    return;
                }

                before = now;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Making demo calendars failed; the next try follows");
            }
        }
    }

    /// <returns>How many bookings were made: none if another replica or an earlier run did it.</returns>
    public static Task<int> RunOnceAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.InTransactionAsync(
            async () =>
            {
                if (await db.Database.ExecuteSqlAsync($"INSERT INTO demo_seeds (name) VALUES ({Name}) ON CONFLICT DO NOTHING", ct) == 0)
                {
                    return 0;
                }

                await DemoRooms.AddAsync(db, ct);
                await DemoLaboratories.OpenAsync(db, ct);
                await DemoMachines.MatchAsync(db, ct);
                var plan = await DemoPlan.MakeAsync(db, ct);
                var made = await DemoRows.WriteAsync(db, plan, ct);
                await DemoRows.TellSomeAsync(db, bus, ct);
                return made;
            },
            ct);
    }
}
