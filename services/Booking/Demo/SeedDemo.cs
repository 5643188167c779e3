namespace MedTourism.Booking.Demo;

public sealed class SeedDemo : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}
