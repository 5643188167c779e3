using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.RateLimiting;
using MedTourism.Payment.Providers;

namespace MedTourism.Payment.Stripe;

/// <summary>Requests in Stripe's wire format: form-encoded, version pinned, tried again as the official clients do, errors as exceptions.</summary>
public sealed class StripeClient(HttpClient http, StripeOptions options, StripePace pace, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public Task<T> GetAsync<T>(string path, IReadOnlyDictionary<string, object?>? parameters, CancellationToken ct)
    {
        var query = parameters is null ? string.Empty : "?" + FormEncoder.Encode(parameters);
        return SendAsync<T>(HttpMethod.Get, path + query, null, null, ct);
    }

    public Task<T> PostAsync<T>(string path, IReadOnlyDictionary<string, object?> parameters, string idempotencyKey, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Post, path, FormEncoder.Encode(parameters), idempotencyKey, ct);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, string? form, string? key, CancellationToken ct)
    {
        for (var retries = 0; ; retries++)
        {
            var answer = await TryAsync(method, path, form, key, ct);
            if (answer.Status is { } status && (int)status is >= 200 and < 300)
            {
                return JsonSerializer.Deserialize<T>(answer.Body, Json) ?? throw new ProviderUnavailableException("The answer was empty", (int)status, answer.RequestId);
            }

            if (!options.Retries.ShouldRetry(retries, answer.Status, answer.ShouldRetry))
            {
                throw ErrorOf(answer);
            }

            await Task.Delay(options.Retries.DelayBefore(retries + 1, Random.Shared.NextDouble()), clock, ct);
        }
    }

    private async Task<Answer> TryAsync(HttpMethod method, string path, string? form, string? key, CancellationToken ct)
    {
        using var turn = await pace.WaitAsync(ct);
        using var request = new HttpRequestMessage(method, new Uri(options.ApiBase, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.SecretKey);
        request.Headers.Add("Stripe-Version", StripeOptions.Version);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (form is not null)
        {
            request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        using var limit = new CancellationTokenSource(StripeOptions.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            return new Answer(
                response.StatusCode, await response.Content.ReadAsStringAsync(both.Token), Header(response, "Stripe-Should-Retry"), Header(response, "Request-Id"), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new Answer(null, string.Empty, null, null, exception);
        }
    }

    private static Exception ErrorOf(Answer answer)
    {
        if (answer.Status is not { } status)
        {
            return new ProviderUnavailableException("The connection to the provider failed", inner: answer.Failure);
        }

        var error = ReadError(answer.Body);
        return status switch
        {
            // Whether a key is in use or a conflict is passing, the same call may succeed later. A missing or foreign key is for the operator to mend.
            HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or >= HttpStatusCode.InternalServerError =>
                new ProviderUnavailableException($"The provider answered {(int)status}: {error?.Message}", (int)status, answer.RequestId),
            _ => new ProviderRefusedException(
                (int)status, error?.Type, error?.Code, error?.DeclineCode, error?.Param, error?.Message ?? "no reason given", answer.RequestId),
        };
    }

    private static ErrorBody? ReadError(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<ErrorEnvelope>(body, Json)?.Error;
        }
        catch (JsonException)
        {
            return null; // a proxy's page
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private sealed record Answer(HttpStatusCode? Status, string Body, string? ShouldRetry, string? RequestId, Exception? Failure);

    private sealed record ErrorEnvelope(ErrorBody? Error);

    private sealed record ErrorBody(string? Type, string? Code, string? DeclineCode, string? Param, string? Message);
}

/// <summary>Keeps this process below Stripe's limits.</summary>
public sealed class StripePace(StripeOptions options) : IDisposable
{
    private readonly TokenBucketRateLimiter bucket = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.RequestsPerSecond,
        TokensPerPeriod = Math.Max(1, options.RequestsPerSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = 10_000,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public ValueTask<RateLimitLease> WaitAsync(CancellationToken ct) => bucket.AcquireAsync(1, ct);

    public void Dispose() => bucket.Dispose();
}
