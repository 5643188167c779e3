using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Courses;

/// <summary>Removes plans that were shown and whose hour is over: nobody can hold them any more. Any number of replicas may do so at once.</summary>
public static class ForgetOptions
{
    private const int Batch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <returns>How many were removed, at most a batch.</returns>
    public static Task<int> RunOnceAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync(
            $"DELETE FROM course_options WHERE id IN (SELECT id FROM course_options WHERE expires_at < now() LIMIT {Batch} FOR UPDATE SKIP LOCKED)", ct);
    }

    public sealed class Worker(IServiceScopeFactory scopes, TimeProvider clock, ILogger<Worker> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(Pause, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    while (await RunOnceAsync(scope.ServiceProvider.GetRequiredService<BookingDb>(), stoppingToken) == Batch)
                    {
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogError(exception, "Removing old course options failed; the next try follows");
                }
            }
        }
    }
}
