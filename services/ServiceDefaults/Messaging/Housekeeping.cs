using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>Forgets inbox and idempotency rows after 30 days, in small batches. What must never happen twice is guarded by the services' own keys.</summary>
internal sealed class Housekeeping(NpgsqlDataSource database, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync("inbox", "received_at", stoppingToken);
                await SweepAsync("idempotency", "created_at", stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Housekeeping failed and will be tried again: {Message}", exception.Message);
            }
        }
    }

    private async Task SweepAsync(string table, string column, CancellationToken ct)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand(
                $"DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {column} < now() - interval '30 days' LIMIT 5000))");
            deleted = await command.ExecuteNonQueryAsync(ct);
        }
        while (deleted == 5000);
    }
}
