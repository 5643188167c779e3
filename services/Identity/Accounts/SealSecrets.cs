using Npgsql;

namespace MedTourism.Identity.Accounts;

/// <summary>Seals at start what older releases stored openly. A row that somebody else changes meanwhile is theirs.</summary>
public sealed class SealSecrets(NpgsqlDataSource database, Secrets secrets) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await SealAsync("accounts", "totp_secret", Secrets.TotpOf, cancellationToken);
        await SealAsync("sign_ins", "pending_secret", Secrets.PendingOf, cancellationToken);
        await SealAsync("data_protection_keys", "xml", SharedKeys.PlaceOf, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task SealAsync(string table, string column, Func<Guid, string> place, CancellationToken ct)
    {
        var open = new List<(Guid Id, string Value)>();
        await using (var read = database.CreateCommand($"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND {column} NOT LIKE 'v1:%'"))
        await using (var rows = await read.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                open.Add((rows.GetGuid(0), rows.GetString(1)));
            }
        }

        foreach (var (id, value) in open)
        {
            await using var write = database.CreateCommand($"UPDATE {table} SET {column} = $3 WHERE id = $1 AND {column} = $2");
            write.Parameters.AddWithValue(id);
            write.Parameters.AddWithValue(value);
            write.Parameters.AddWithValue(secrets.Seal(place(id), value));
            await write.ExecuteNonQueryAsync(ct);
        }
    }
}
