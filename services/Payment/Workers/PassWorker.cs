namespace MedTourism.Payment.Workers;

/// <summary>One round of work over rows that wait; true if there may be more at once.</summary>
public interface IPass
{
    Task<bool> RunOnceAsync(CancellationToken ct);
}

/// <summary>How often rows are looked for, and how often what is open is compared with the provider.</summary>
public sealed record PassInterval(TimeSpan Poll, TimeSpan Reconcile)
{
    public static PassInterval From(IConfiguration configuration) => new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(configuration.GetValue("Stripe:ReconcileEverySeconds", 60.0)));
}

/// <summary>A tap on the shoulder within this process; work is found without it too, a little later.</summary>
public sealed class Wake<TPass> : IDisposable
{
    private readonly SemaphoreSlim taps = new(0, 1);

    public void Set()
    {
        try
        {
            taps.Release();
        }
        catch (SemaphoreFullException)
        {
            // One tap is enough.
        }
    }

    public Task WaitAsync(TimeSpan longest, CancellationToken ct) => taps.WaitAsync(longest, ct);

    public void Dispose() => taps.Dispose();
}

/// <summary>Runs passes for as long as the service lives; a failed one is logged and followed by the next.</summary>
public sealed class PassWorker<TPass>(IServiceScopeFactory scopes, PassInterval interval, Wake<TPass> wake, ILogger<TPass> log) : BackgroundService
    where TPass : class, IPass
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!await PassAsync(stoppingToken))
            {
                await wake.WaitAsync(interval.Poll, stoppingToken);
            }
        }
    }

    private async Task<bool> PassAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<TPass>().RunOnceAsync(ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "A pass of {Pass} failed", typeof(TPass).Name);
            return false;
        }
    }
}

public static class PassSetup
{
    public static void AddPass<TPass>(this IServiceCollection services)
        where TPass : class, IPass
    {
        services.AddScoped<TPass>();
        services.AddSingleton<Wake<TPass>>();
        services.AddHostedService<PassWorker<TPass>>();
    }
}
