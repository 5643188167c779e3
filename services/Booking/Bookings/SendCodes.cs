using MassTransit;

namespace MedTourism.Booking.Bookings;

/// <summary>Works through the requests for codes: at once when one is written here, and every few seconds for those written by another replica.</summary>
public static class SendCodes
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Only wakes the worker; the request itself is a row.</summary>
    public sealed class Signal : IDisposable
    {
        private readonly SemaphoreSlim _set = new(0);

        public void Set() => _set.Release();

        public Task WaitAsync(CancellationToken ct) => _set.WaitAsync(Pause, ct);

        public void Dispose() => _set.Dispose();
    }

    public sealed class Worker(IServiceScopeFactory scopes, Signal signal, ILogger<Worker> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await signal.WaitAsync(stoppingToken);
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await FindBooking.SendOnceAsync(
                        scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogError(exception, "Sending codes failed; the next try follows");
                }
            }
        }
    }
}
