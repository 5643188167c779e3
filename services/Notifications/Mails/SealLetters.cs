using System.Text;
using Npgsql;

namespace MedTourism.Notifications.Mails;

/// <summary>Seals at start what older releases left openly. A row that somebody else changes meanwhile is theirs.</summary>
public sealed class SealLetters(NpgsqlDataSource database, SealedLetters letters) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var open = new List<(Guid Id, string Kind, string Key, string Payload)>();
        await using (var read = database.CreateCommand("SELECT id, kind, key, payload::text FROM mails WHERE payload IS NOT NULL"))
        await using (var rows = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                open.Add((rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3)));
            }
        }

        foreach (var (id, kind, key, payload) in open)
        {
            await using var write = database.CreateCommand("UPDATE mails SET payload = NULL, sealed_payload = $3 WHERE id = $1 AND payload::text = $2");
            write.Parameters.AddWithValue(id);
            write.Parameters.AddWithValue(payload);
            write.Parameters.AddWithValue(letters.Seal(kind, key, Encoding.UTF8.GetBytes(payload)));
            await write.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
