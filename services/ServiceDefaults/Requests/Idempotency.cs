using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.ServiceDefaults;

/// <summary>
/// Requests that change something carry an <c>Idempotency-Key</c>. The key is a row written in the transaction of the effect, so a request sent
/// twice, even at the same moment, is done once and answered twice alike. Refusals (400 and above) change nothing and are not remembered.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 255;
    private const int Tries = 3;

    public static RouteHandlerBuilder Idempotent<TDb>(this RouteHandlerBuilder builder)
        where TDb : DbContext =>
        builder.AddEndpointFilter((context, next) => RunAsync<TDb>(context, next));

    private static async ValueTask<object?> RunAsync<TDb>(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        where TDb : DbContext
    {
        var http = context.HttpContext;
        var key = http.Request.Headers[Header].ToString();
        if (key.Length is 0 or > LongestKey)
        {
            return Problems.Of(400, "idempotency-key-missing", $"Send a header '{Header}' of 1 to {LongestKey} characters, new for each operation and the same for its retries.");
        }

        var db = http.RequestServices.GetRequiredService<TDb>();
        var record = new Record(Who(http), $"{http.Request.Method} {http.Request.Path}", key, HashOf(context));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(db, record, context, next);
            }
            catch (Exception exception) when (attempt < Tries && InTransaction.IsWorthRetrying(exception))
            {
                db.ChangeTracker.Clear();
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 60) * attempt), http.RequestAborted);
            }
        }
    }

    private static async Task<object?> OnceAsync(DbContext db, Record record, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var ct = context.HttpContext.RequestAborted;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var fresh = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO idempotency(caller, route, key, request_hash) VALUES ({record.Caller}, {record.Route}, {record.Key}, {record.Hash}) ON CONFLICT DO NOTHING",
            ct) == 1;
        if (!fresh)
        {
            return await ReplayAsync(db, record, ct);
        }

        var answer = await CaptureAsync(await next(context), context.HttpContext);
        if (answer.Status >= 400)
        {
            await transaction.RollbackAsync(CancellationToken.None);
            return answer;
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE idempotency SET status = {answer.Status}, content_type = {answer.ContentType}, location = {answer.Location}, body = {answer.Body}
            WHERE caller = {record.Caller} AND route = {record.Route} AND key = {record.Key}
            """,
            ct);
        await transaction.CommitAsync(CancellationToken.None);
        return answer;
    }

    private static async Task<object?> ReplayAsync(DbContext db, Record record, CancellationToken ct)
    {
        var stored = await db.Database.SqlQuery<Stored>(
            $"""
            SELECT request_hash AS "Hash", status AS "Status", content_type AS "ContentType", location AS "Location", body AS "Body"
            FROM idempotency WHERE caller = {record.Caller} AND route = {record.Route} AND key = {record.Key}
            """).SingleAsync(ct);
        return CryptographicOperations.FixedTimeEquals(stored.Hash, record.Hash)
            ? new Answer(stored.Status, stored.ContentType, stored.Location, stored.Body, Replayed: true)
            : Problems.Invalid("idempotency-key-reused", "This Idempotency-Key was already used for a different request. Use a new one.");
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

    /// <summary>Method, path, query and every bound argument that came with the request.</summary>
    private static byte[] HashOf(EndpointFilterInvocationContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(context.HttpContext.Request.QueryString.Value ?? string.Empty));
        foreach (var argument in context.Arguments)
        {
            if (argument is not null && argument.GetType() is { IsInterface: false } type
                && (type.Assembly == context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.DeclaringType?.Assembly
                    || argument is string or Guid or int or long or DateTimeOffset or DateOnly)
                && argument is not DbContext)
            {
                hash.AppendData(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(argument, argument.GetType()));
            }
        }

        return hash.GetHashAndReset();
    }

    private static string Who(HttpContext http)
    {
        var caller = http.Caller();
        return caller.Subject ?? caller.ClientId ?? "anonymous";
    }

    private sealed record Record(string Caller, string Route, string Key, byte[] Hash);

    private sealed record Stored(byte[] Hash, int Status, string? ContentType, string? Location, byte[]? Body);

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
