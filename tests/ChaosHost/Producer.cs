using MassTransit;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.ChaosHost;

/// <summary>
/// Commits commands with their message, one transaction each, at a steady pace so that there is always work in flight when something dies;
/// every tenth rolls back and must never be seen.
/// </summary>
internal static class Producer
{
    public static async Task RunAsync(IServiceProvider services, int total, int clients)
    {
        var next = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, clients), new ParallelOptions { MaxDegreeOfParallelism = clients }, async (_, ct) =>
        {
            var group = Guid.CreateVersion7();
            for (var n = Interlocked.Increment(ref next); n <= total; n = Interlocked.Increment(ref next))
            {
                await Task.Delay(12, ct);
                try
                {
                    await IssueAsync(services, group, n, ct);
                }
                catch (RolledBackOnPurposeException)
                {
                }
                catch (Exception) when (!ct.IsCancellationRequested)
                {
                    // The database is restarting: this command is not committed, or is and its answer was lost. Both are fine for the checks.
                    await Task.Delay(200, ct);
                }
            }
        });
    }

    private static async Task IssueAsync(IServiceProvider services, Guid group, int n, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        await db.InTransactionAsync(
            async () =>
            {
                var id = Guid.CreateVersion7();
                await db.Database.ExecuteSqlAsync($"INSERT INTO command(id, grp, n) VALUES ({id}, {group}, {n})", ct);
                await publish.PublishFor(group, new CommandIssued(id, group, n), ct);
                if (n % 10 == 9)
                {
                    throw new RolledBackOnPurposeException();
                }
            },
            ct);
    }

    private sealed class RolledBackOnPurposeException : Exception;
}
