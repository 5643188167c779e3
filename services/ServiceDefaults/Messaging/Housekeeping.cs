using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>
/// Forgets inbox rows after 30 days and idempotency rows, whose kept answers may hold a guest's access key, after one day; in small batches. What
/// must never happen twice is guarded by the services' own keys.
/// </summary>
internal sealed class Housekeeping(NpgsqlDataSource database, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync("inbox", "received_at", "30 days", stoppingToken);
                await SweepAsync("idempotency", "created_at", "1 day", stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Housekeeping failed and will be tried again: {Message}", exception.Message);
            }
        }
    }

    private async Task SweepAsync(string table, string column, string age, CancellationToken ct)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand(
                $"DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {column} < now() - interval '{age}' LIMIT 5000))");
            deleted = await command.ExecuteNonQueryAsync(ct);
        }
        while (deleted == 5000);
    }
}
