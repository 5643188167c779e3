using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>The trail of what operators do to messages, and their turns at an error queue.</summary>
internal static class OperatorActs
{
    /// <summary>
    /// One operator at a time, over all replicas, until it is disposed: whoever looks through an error queue passes each message on to its end, and
    /// another would miss what is on its way there.
    /// </summary>
    public static async Task<IAsyncDisposable> TakeTurnAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await connection.BeginTransactionAsync(ct);
            await using var wait = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('operator-turn'))", connection);
            await wait.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits at once: an act is on record before it is done, since the broker takes no part in a transaction.</summary>
    public static async Task RecordAsync(
        NpgsqlDataSource database, string actor, string act, string queue, string? messageId, string? messageType, CancellationToken ct)
    {
        await using var insert = database.CreateCommand(
            "INSERT INTO operator_acts (actor, act, queue, message_id, message_type) VALUES ($1, $2, $3, $4, $5)");
        insert.Parameters.AddWithValue(actor);
        insert.Parameters.AddWithValue(act);
        insert.Parameters.AddWithValue(queue);
        insert.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = messageId });
        insert.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = messageType });
        await insert.ExecuteNonQueryAsync(ct);
    }
}
