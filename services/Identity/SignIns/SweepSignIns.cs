using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>Removes visits and links that are long over. Nothing depends on it: every reader looks at the time itself.</summary>
public sealed class SweepSignIns(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SweepSignIns> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(10), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
                await db.Database.ExecuteSqlAsync(
                    $"""
                    DELETE FROM sign_ins WHERE created_at < now() - interval '1 hour';
                    DELETE FROM account_links WHERE expires_at < now() - interval '30 days';
                    """,
                    stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning(exception, "Old sign-ins were not removed; the next pass tries again");
            }
        }
    }
}
