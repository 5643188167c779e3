using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Webhooks;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.StripeStandIn.State;

/// <summary>
/// All state: JSON documents in memory, written through to one PostgreSQL table if there is one, so that a killed process comes back as it was.
/// One change at a time, whole or not at all: what a caller was told has been committed.
/// </summary>
public sealed class Store(NpgsqlDataSource? database, StandInClock clock, StandInOptions options, WebhookSwitches switches) : IAsyncDisposable
{
    private static readonly TimeSpan KeyLife = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly SemaphoreSlim deliveries = new(0);
    private readonly Dictionary<string, Document> documents = new(StringComparer.Ordinal);
    private bool loaded;
    private long sequence;

    public Task<T> ReadAsync<T>(Func<Unit, T> work, CancellationToken ct) => ChangeAsync(work, ct);

    /// <summary>Runs <paramref name="work"/> alone and keeps all it put, or nothing if it throws.</summary>
    public async Task<T> ChangeAsync<T>(Func<Unit, T> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        await gate.WaitAsync(ct);
        try
        {
            await LoadAsync(ct);
            var unit = new Unit(documents, sequence, clock, options, switches);
            var result = work(unit);
            if (unit.Changed.Count > 0)
            {
                await WriteAsync(unit.Changed.Values);
                foreach (var document in unit.Changed.Values)
                {
                    Apply(document);
                }

                sequence = unit.Sequence;
                if (unit.Changed.Values.Any(document => document is { Kind: "delivery", Body: not null }))
                {
                    deliveries.Release();
                }
            }

            return result;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Returns when a webhook was put up for delivery, but after <paramref name="atMost"/> in any case.</summary>
    public Task WaitForDeliveryAsync(TimeSpan atMost, CancellationToken ct) => deliveries.WaitAsync(atMost, ct);

    public async ValueTask DisposeAsync()
    {
        gate.Dispose();
        deliveries.Dispose();
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    private void Apply(Document document)
    {
        if (document.Body is null)
        {
            documents.Remove(document.Id);
        }
        else
        {
            documents[document.Id] = document;
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        if (loaded)
        {
            return;
        }

        if (database is not null)
        {
            await using var create = database.CreateCommand(
                "CREATE TABLE IF NOT EXISTS document (id text PRIMARY KEY, kind text NOT NULL, sequence bigint NOT NULL, body jsonb NOT NULL)");
            await create.ExecuteNonQueryAsync(ct);
            await using var prune = database.CreateCommand("DELETE FROM document WHERE kind = 'idempotency' AND (body->>'created')::bigint < $1");
            prune.Parameters.AddWithValue((clock.Now - KeyLife).ToUnixTimeSeconds());
            await prune.ExecuteNonQueryAsync(ct);
            await using var select = database.CreateCommand("SELECT id, kind, sequence, body::text FROM document");
            await using var rows = await select.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                var document = new Document(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), JsonNode.Parse(rows.GetString(3))!.AsObject());
                documents[document.Id] = document;
                sequence = Math.Max(sequence, document.Sequence);
            }
        }

        loaded = true;
    }

    // Not cancellable: a caller who hangs up must not leave memory and table apart.
    private async Task WriteAsync(IEnumerable<Document> changed)
    {
        if (database is null)
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var document in changed)
        {
            var command = new NpgsqlBatchCommand(document.Body is null
                ? "DELETE FROM document WHERE id = $1"
                : "INSERT INTO document(id, kind, sequence, body) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET body = excluded.body");
            command.Parameters.AddWithValue(document.Id);
            if (document.Body is not null)
            {
                command.Parameters.AddWithValue(document.Kind);
                command.Parameters.AddWithValue(document.Sequence);
                command.Parameters.AddWithValue(NpgsqlDbType.Jsonb, document.Body.ToJsonString());
            }

            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}

/// <summary>One stored object; a null body deletes it.</summary>
public sealed record Document(string Id, string Kind, long Sequence, JsonObject? Body);
