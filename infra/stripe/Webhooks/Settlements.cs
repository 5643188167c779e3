using MedTourism.StripeStandIn.Api;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Webhooks;

/// <summary>What happens at the provider without a request: sessions run out, slow refunds settle.</summary>
internal sealed class Settlements(Store store, ILogger<Settlements> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.ChangeAsync(unit => CheckoutSessions.ExpireDue(unit) + Refunds.SettleDue(unit), stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "A pass of settlements failed");
            }
        }
    }
}
