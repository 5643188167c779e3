using System.Security.Cryptography;
using System.Text.Json;
using MedTourism.Web.Clients;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace MedTourism.Web.Session;

/// <summary>The table of signed-in browsers. A session ends after 12 hours without a request and after 7 days in any case, by the database's clock.</summary>
public sealed class Sessions(NpgsqlDataSource database, IDataProtectionProvider protection)
{
    private const string Live = "last_seen_at > now() - interval '12 hours' AND expires_at > now()";

    private readonly IDataProtector protector = protection.CreateProtector("session");

    /// <summary>Creates a session and returns the id for the cookie.</summary>
    public async Task<string> CreateAsync(SessionContent content, CancellationToken ct)
    {
        var id = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        await using var command = database.CreateCommand("INSERT INTO session(id_hash, subject, content) VALUES ($1, $2, $3)");
        command.Parameters.AddWithValue(HashOf(id));
        command.Parameters.AddWithValue(content.Person.Subject);
        command.Parameters.AddWithValue(Protect(id, content));
        await command.ExecuteNonQueryAsync(ct);
        return id;
    }

    public async Task<SessionContent?> FindAsync(string id, CancellationToken ct)
    {
        // One write in five minutes at most keeps the session alive without a write for each request.
        await using var command = database.CreateCommand($"""
            WITH seen AS (UPDATE session SET last_seen_at = now() WHERE id_hash = $1 AND {Live} AND last_seen_at < now() - interval '5 minutes')
            SELECT content FROM session WHERE id_hash = $1 AND {Live}
            """);
        command.Parameters.AddWithValue(HashOf(id));
        return await command.ExecuteScalarAsync(ct) is byte[] content ? Unprotect(id, content) : null;
    }

    /// <summary>
    /// Runs <paramref name="refresh"/> while this session's row is locked, so that parallel requests spend a refresh token once: the second one
    /// finds the new tokens. If <paramref name="refresh"/> returns null the session is over and its row goes.
    /// </summary>
    public async Task<SessionContent?> RefreshAsync(string id, Func<SessionContent, bool> fresh, Func<SessionContent, Task<SessionContent?>> refresh)
    {
        // Not cancelled with the request: a refresh token that was spent must not be lost.
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await using var find = new NpgsqlCommand($"SELECT content FROM session WHERE id_hash = $1 AND {Live} FOR UPDATE", connection, transaction);
        find.Parameters.AddWithValue(HashOf(id));
        if (await find.ExecuteScalarAsync(CancellationToken.None) is not byte[] stored || Unprotect(id, stored) is not { } content)
        {
            return null;
        }

        if (fresh(content))
        {
            return content;
        }

        var renewed = await refresh(content);
        await using var change = renewed is null
            ? new NpgsqlCommand("DELETE FROM session WHERE id_hash = $1", connection, transaction)
            : new NpgsqlCommand("UPDATE session SET content = $2, subject = $3 WHERE id_hash = $1", connection, transaction);
        change.Parameters.AddWithValue(HashOf(id));
        if (renewed is not null)
        {
            change.Parameters.AddWithValue(Protect(id, renewed));
            change.Parameters.AddWithValue(renewed.Person.Subject);
        }

        await change.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return renewed;
    }

    /// <summary>The person of this browser under another name at once; their other sessions learn it when their tokens are renewed.</summary>
    public Task RenameAsync(string id, string name) =>
        RefreshAsync(id, _ => false, content => Task.FromResult<SessionContent?>(content with { Person = content.Person with { Name = name } }));

    public async Task EndAsync(string id, CancellationToken ct)
    {
        await using var command = database.CreateCommand("DELETE FROM session WHERE id_hash = $1");
        command.Parameters.AddWithValue(HashOf(id));
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task EndAllAsync(string subject, CancellationToken ct)
    {
        await using var command = database.CreateCommand("DELETE FROM session WHERE subject = $1");
        command.Parameters.AddWithValue(subject);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<int> SweepAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand($"DELETE FROM session WHERE NOT ({Live})");
        return await command.ExecuteNonQueryAsync(ct);
    }

    internal static byte[] HashOf(string id) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id));

    /// <summary>The id is part of the purpose: content copied to another row cannot be read there.</summary>
    private byte[] Protect(string id, SessionContent content) => protector.CreateProtector(id).Protect(JsonSerializer.SerializeToUtf8Bytes(content, Json.Options));

    private SessionContent? Unprotect(string id, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<SessionContent>(protector.CreateProtector(id).Unprotect(content), Json.Options);
        }
        catch (CryptographicException)
        {
            return null; // Keys were replaced: the person signs in again.
        }
    }
}
