using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.ServiceDefaults;

/// <summary>Who asks for what, under which key.</summary>
public sealed record IdempotencyKey(string Caller, string Route, string Key);

/// <summary>
/// Requests that change something carry an <c>Idempotency-Key</c>. The key is a row written in the transaction of the effect, so a request sent
/// twice, even at the same moment, is done once and answered twice alike. Refusals (400 and above) change nothing and are not remembered. Where a
/// <see cref="SealedAnswers"/> is registered, what is kept for the second time cannot be read from the table.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";

    internal const string InsertStatement =
        "INSERT INTO idempotency(caller, route, key, request_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

    internal const string AnswerStatement =
        "UPDATE idempotency SET status = $4, content_type = $5, location = $6, body = $7 WHERE caller = $1 AND route = $2 AND key = $3";

    private const int LongestKey = 255;
    private const int Tries = 3;

    public static RouteHandlerBuilder Idempotent<TDb>(this RouteHandlerBuilder builder)
        where TDb : DbContext =>
        builder.AddEndpointFilter((context, next) => RunAsync<TDb>(context, next));

    /// <summary>Who asks for what, under which key; null if the header is missing or too long.</summary>
    public static IdempotencyKey? KeyOf(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var key = http.Request.Headers[Header].ToString();
        var caller = http.Caller();
        return key.Length is 0 or > LongestKey
            ? null
            : new IdempotencyKey(caller.Subject ?? caller.ClientId ?? "anonymous", $"{http.Request.Method} {http.Request.Path}", key);
    }

    public static ProblemHttpResult KeyMissing() => Problems.Of(
        400, "idempotency-key-missing", $"Send a header '{Header}' of 1 to {LongestKey} characters, new for each operation and the same for its retries.");

    /// <summary>Those of some keys under which something was done already.</summary>
    public static async Task<HashSet<IdempotencyKey>> KnownAsync(NpgsqlDataSource database, IReadOnlyCollection<IdempotencyKey> keys, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(
            """
            SELECT k.caller, k.route, k.key FROM unnest($1, $2, $3) AS k(caller, route, key)
            CROSS JOIN LATERAL (SELECT 1 FROM idempotency WHERE caller = k.caller AND route = k.route AND key = k.key OFFSET 0) AS known
            """);
        command.Parameters.AddWithValue(keys.Select(key => key.Caller).ToArray());
        command.Parameters.AddWithValue(keys.Select(key => key.Route).ToArray());
        command.Parameters.AddWithValue(keys.Select(key => key.Key).ToArray());
        await using var rows = await command.ExecuteReaderAsync(ct);
        var known = new HashSet<IdempotencyKey>();
        while (await rows.ReadAsync(ct))
        {
            known.Add(new IdempotencyKey(rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        }

        return known;
    }

    /// <summary>
    /// Does <paramref name="work"/> in a transaction with its key, or gives the answer of the first time again. For an endpoint that has to ask before
    /// it begins; the others are marked with <see cref="Idempotent{TDb}"/>.
    /// </summary>
    public static async Task<IResult> OnceAsync<TRequest>(HttpContext http, DbContext db, IdempotencyKey key, TRequest request, Func<Task<IResult>> work)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        return (IResult)(await RetryAsync(db, key, HashOf(http, [request]), http, async () => await work()))!;
    }

    private static async ValueTask<object?> RunAsync<TDb>(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        where TDb : DbContext
    {
        var http = context.HttpContext;
        return KeyOf(http) is { } key
            ? await RetryAsync(http.RequestServices.GetRequiredService<TDb>(), key, HashOf(http, Bound(context)), http, () => next(context))
            : KeyMissing();
    }

    private static async Task<object?> RetryAsync(DbContext db, IdempotencyKey key, byte[] hash, HttpContext http, Func<ValueTask<object?>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(db, key, hash, http, work);
            }
            catch (Exception exception) when (attempt < Tries && InTransaction.IsWorthRetrying(exception))
            {
                db.ChangeTracker.Clear();
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 60) * attempt), http.RequestAborted);
            }
        }
    }

    private static async Task<object?> OnceAsync(DbContext db, IdempotencyKey key, byte[] hash, HttpContext http, Func<ValueTask<object?>> work)
    {
        var ct = http.RequestAborted;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await using var insert = Command(db, InsertStatement, key, hash);
        if (await insert.ExecuteNonQueryAsync(ct) == 0)
        {
            return await ReplayAsync(db, key, hash, http.RequestServices.GetService<SealedAnswers>(), ct);
        }

        var answer = await CaptureAsync(await work(), http);
        if (answer.Status >= 400)
        {
            await transaction.RollbackAsync(CancellationToken.None);
            return answer;
        }

        var kept = http.RequestServices.GetService<SealedAnswers>() is { } seal ? seal.Seal(key, answer.Body) : answer.Body;
        await using var update = Command(db, AnswerStatement, key, answer.Status, answer.ContentType, answer.Location, kept);
        await update.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return answer;
    }

    private static async Task<object?> ReplayAsync(DbContext db, IdempotencyKey key, byte[] hash, SealedAnswers? seal, CancellationToken ct)
    {
        await using var select = Command(
            db, "SELECT request_hash, status, content_type, location, body FROM idempotency WHERE caller = $1 AND route = $2 AND key = $3", key);
        await using var row = await select.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct))
        {
            throw new InvalidOperationException("An idempotency row went away while it was needed.");
        }

        if (!CryptographicOperations.FixedTimeEquals(row.GetFieldValue<byte[]>(0), hash))
        {
            return Problems.Invalid("idempotency-key-reused", "This Idempotency-Key was already used for a different request. Use a new one.");
        }

        var kept = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4);
        try
        {
            return new Answer(row.GetInt32(1), Text(2), Text(3), kept is null || seal is null ? kept : seal.Open(key, kept), Replayed: true);
        }
        catch (CryptographicException)
        {
            return Problems.Conflict("answer-lost", "This was done before, but its answer was sealed with a key that is gone and cannot be given again.");
        }

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    private static NpgsqlCommand Command(DbContext db, string sql, IdempotencyKey key, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, (NpgsqlConnection)db.Database.GetDbConnection());
        foreach (var value in (object?[])[key.Caller, key.Route, key.Key, .. values])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>Runs the result against a buffer, so that it can be kept before a byte of it leaves.</summary>
    private static async Task<Answer> CaptureAsync(object? result, HttpContext http)
    {
        if (result is Answer done)
        {
            return done;
        }

        var original = http.Response.Body;
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        try
        {
            var executable = result as IResult ?? TypedResults.Ok(result);
            await executable.ExecuteAsync(http);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
        finally
        {
            http.Response.Body = original;
        }

        var answer = new Answer(
            http.Response.StatusCode, http.Response.ContentType, http.Response.Headers.Location, buffer.ToArray(), Replayed: false);
        http.Response.Headers.ContentLength = null;
        return answer;
    }

    /// <summary>Query and every bound argument that came with the request; method and path belong to the key.</summary>
    private static byte[] HashOf(HttpContext http, IEnumerable<object?> arguments)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(http.Request.QueryString.Value ?? string.Empty));
        foreach (var argument in arguments)
        {
            if (argument is not null)
            {
                hash.AppendData(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(argument, argument.GetType()));
            }
        }

        return hash.GetHashAndReset();
    }

    private static IEnumerable<object?> Bound(EndpointFilterInvocationContext context)
    {
        var service = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.DeclaringType?.Assembly;
        return context.Arguments.Where(argument => argument is not null && argument is not DbContext
            && argument.GetType() is { IsInterface: false } type
            && (type.Assembly == service || argument is string or Guid or int or long or DateTimeOffset or DateOnly));
    }

    /// <summary>An answer that was already written once.</summary>
    private sealed record Answer(int Status, string? ContentType, string? Location, byte[]? Body, bool Replayed) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = Status;
            if (Location is not null)
            {
                httpContext.Response.Headers.Location = Location;
            }

            if (Replayed)
            {
                httpContext.Response.Headers["Idempotent-Replayed"] = "true";
            }

            if (Body is { Length: > 0 })
            {
                httpContext.Response.ContentType = ContentType;
                httpContext.Response.ContentLength = Body.Length;
                await httpContext.Response.Body.WriteAsync(Body, httpContext.RequestAborted);
            }
        }
    }
}
