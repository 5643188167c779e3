using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

/// <summary>What every request under <c>/v1</c> has in common: the key, faults, idempotency, expansion and the form of the answer.</summary>
internal sealed class StripeApi(WebApplication app)
{
    private const int KeptForSeconds = 24 * 60 * 60;
    private const int LongestKey = 255;

    private readonly Store store = app.Services.GetRequiredService<Store>();
    private readonly Faults faults = app.Services.GetRequiredService<Faults>();
    private readonly StandInOptions options = app.Services.GetRequiredService<StandInOptions>();
    private readonly ConcurrentDictionary<string, bool> running = new(StringComparer.Ordinal);

    public void Get(string route, Func<Call, Unit, JsonObject> work) =>
        app.MapGet("/v1" + route, http => HandleAsync(http, work, changes: false));

    public void Post(string route, Func<Call, Unit, JsonObject> work) =>
        app.MapPost("/v1" + route, http => HandleAsync(http, work, changes: true));

    public void Delete(string route, Func<Call, Unit, JsonObject> work) =>
        app.MapDelete("/v1" + route, http => HandleAsync(http, work, changes: false));

    public void MapUnknown() => app.Map("/v1/{**rest}", http => HandleAsync(http, Unknown, changes: false));

    private static JsonObject Unknown(Call call, Unit unit) =>
        throw new StripeError(
            404, "invalid_request_error", null, $"Unrecognized request URL ({call.Http.Request.Method}: {call.Http.Request.Path}). The stand-in has only what this system uses.");

    private async Task HandleAsync(HttpContext http, Func<Call, Unit, JsonObject> work, bool changes)
    {
        var requestId = Ids.New("req", 14);
        http.Response.Headers["Request-Id"] = requestId;
        http.Response.Headers["Stripe-Version"] = http.Request.Headers["Stripe-Version"] is [{ Length: > 0 } version] ? version : StandIn.ApiVersion;
        var fault = faults.Take(http.Request.Method, http.Request.Path);
        Answer answer;
        try
        {
            Authenticate(http);
            fault?.Before();
            answer = await AnswerAsync(http, requestId, work, changes, fault);
        }
        catch (ConnectionDroppedException)
        {
            http.Abort();
            return;
        }
        catch (StripeError error)
        {
            answer = new Answer(error.Status, error.Body(requestId).ToJsonString(), null);
        }

        if (fault?.DropsAnswer == true)
        {
            http.Abort();
            return;
        }

        await WriteAsync(http, answer);
    }

    private async Task<Answer> AnswerAsync(HttpContext http, string requestId, Func<Call, Unit, JsonObject> work, bool changes, Fault? fault)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var key = changes && http.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } given] ? given : null;
        if (key?.Length > LongestKey)
        {
            throw StripeError.Invalid("Idempotency keys have up to 255 characters.");
        }

        var form = Form.Decode(body.Length > 0 ? body : http.Request.QueryString.Value ?? string.Empty);
        var call = new Call(form, http, requestId, key, options);
        if (key is null)
        {
            return await store.ChangeAsync(unit => Execute(call, unit, work), http.RequestAborted);
        }

        http.Response.Headers["Idempotency-Key"] = key;
        if (!running.TryAdd(key, true))
        {
            throw new StripeError(
                409, "idempotency_error", "idempotency_key_in_use",
                $"There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): {key}. Please try again later.");
        }

        try
        {
            await (fault?.HoldAsync(http.RequestAborted) ?? Task.CompletedTask);
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{http.Request.Path}\n{Sorted(body)}")));
            return await store.ChangeAsync(unit => Once(call, unit, hash, work, fault), http.RequestAborted);
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    /// <summary>The effect and the remembered answer are one change.</summary>
    private static Answer Once(Call call, Unit unit, string hash, Func<Call, Unit, JsonObject> work, Fault? fault)
    {
        var id = "idempotency:" + call.IdempotencyKey;
        if (unit.Find("idempotency", id) is { } known && known["created"]!.GetValue<long>() > unit.Seconds - KeptForSeconds)
        {
            return known["hash"]!.GetValue<string>() == hash
                ? new Answer(known["status"]!.GetValue<int>(), known["body"]!.GetValue<string>(), known["request"]!.GetValue<string>())
                : throw new StripeError(
                    400, "idempotency_error", null,
                    $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{call.IdempotencyKey}' if you meant to execute a different request.");
        }

        Answer answer;
        try
        {
            if (fault?.FailsForGood == true)
            {
                throw new StripeError(500, "api_error", null, "An unknown error occurred", executed: true);
            }

            answer = Execute(call, unit, work);
        }
        catch (StripeError error) when (error.Executed)
        {
            unit.Undo();
            answer = new Answer(error.Status, error.Body(call.RequestId).ToJsonString(), null);
        }

        unit.Put("idempotency", new JsonObject
        {
            ["id"] = id,
            ["hash"] = hash,
            ["status"] = answer.Status,
            ["body"] = answer.Body,
            ["request"] = call.RequestId,
            ["created"] = unit.Seconds,
        });
        return answer;
    }

    private static Answer Execute(Call call, Unit unit, Func<Call, Unit, JsonObject> work)
    {
        var result = Unit.Public(work(call, unit));
        foreach (var path in call.Form.Texts("expand"))
        {
            Expansion.Apply(unit, result, path);
        }

        return new Answer(200, result.ToJsonString(), null);
    }

    private void Authenticate(HttpContext http)
    {
        var given = AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header) ? header : null;
        var key = given?.Scheme switch
        {
            "Bearer" => given.Parameter,
            "Basic" => Encoding.UTF8.GetString(Convert.FromBase64String(given.Parameter ?? string.Empty)).Split(':')[0],
            _ => null,
        };
        if (key is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(options.SecretKey)))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"Stripe\"";
            throw new StripeError(401, "invalid_request_error", null, key is null ? "You did not provide an API key." : "Invalid API Key provided.");
        }
    }

    private static string Sorted(string body) => string.Join('&', body.Split('&').Order(StringComparer.Ordinal));

    private static async Task WriteAsync(HttpContext http, Answer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json";
        if (answer.Original is not null)
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
            http.Response.Headers["Original-Request"] = answer.Original;
        }

        if (answer.Status == 500)
        {
            // Saved failures would only be replayed.
            http.Response.Headers["Stripe-Should-Retry"] = answer.Original is null && answer.Body.Contains("try again", StringComparison.Ordinal) ? "true" : "false";
        }

        var bytes = Encoding.UTF8.GetBytes(JsonNode.Parse(answer.Body)!.ToJsonString(Indented));
        http.Response.Headers.ContentLength = bytes.Length;
        http.Response.Headers.Date = DateTimeOffset.FromUnixTimeSeconds(
            http.RequestServices.GetRequiredService<StandInClock>().UnixSeconds).ToString("r", CultureInfo.InvariantCulture);
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private sealed record Answer(int Status, string Body, string? Original);
}
