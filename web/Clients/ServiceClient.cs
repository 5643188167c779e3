using System.Net.Http.Headers;
using System.Text.Json;

namespace MedTourism.Web.Clients;

/// <summary>What the typed clients share: JSON, refusals as values, the caller's address, one retry where repeating is safe.</summary>
public abstract class ServiceClient(HttpClient http, IHttpContextAccessor accessor)
{
    protected Task<Answer<T>> GetAsync<T>(string path, CancellationToken ct, string? accessKey = null) where T : class =>
        SendAsync<T>(HttpMethod.Get, path, null, ct, accessKey);

    protected Task<Answer<T>> PostAsync<T>(string path, object? body, CancellationToken ct, string? accessKey = null, string? idempotencyKey = null) where T : class =>
        SendAsync<T>(HttpMethod.Post, path, body ?? new { }, ct, accessKey, idempotencyKey ?? Guid.CreateVersion7().ToString());

    protected Task<Answer<T>> PutAsync<T>(string path, object body, CancellationToken ct) where T : class =>
        SendAsync<T>(HttpMethod.Put, path, body, ct, null, Guid.CreateVersion7().ToString());

    protected Task<Answer<T>> DeleteAsync<T>(string path, CancellationToken ct, string? accessKey = null) where T : class =>
        SendAsync<T>(HttpMethod.Delete, path, null, ct, accessKey, Guid.CreateVersion7().ToString());

    /// <summary>Only where repeating is safe: a file sent again takes the place of itself.</summary>
    protected Task<Answer<T>> PostFileAsync<T>(string path, byte[] file, MediaTypeHeaderValue type, CancellationToken ct) where T : class =>
        SendAsync<T>(HttpMethod.Post, path, () => new ByteArrayContent(file) { Headers = { ContentType = type } }, ct);

    protected static string Query(string path, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in values)
        {
            if (value is not null and not "")
            {
                query = query.Add(name, value is DateOnly day ? day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!);
            }
        }

        return path + query;
    }

    private async Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken ct, string? accessKey = null, string? idempotencyKey = null) where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is Func<HttpContent> write)
            {
                request.Content = write();
            }
            else if (body is not null)
            {
                request.Content = JsonContent.Create(body, body.GetType(), options: Json.Options);
            }

            if (accessKey is not null)
            {
                request.Headers.Add("X-Access-Key", accessKey);
            }

            if (idempotencyKey is not null)
            {
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            }

            if (accessor.HttpContext?.Connection.RemoteIpAddress is { } address)
            {
                request.Headers.Add("X-Forwarded-For", address.ToString());
            }

            try
            {
                using var response = await http.SendAsync(request, ct);
                if ((int)response.StatusCode < 400)
                {
                    return new(response.StatusCode is System.Net.HttpStatusCode.NoContent || response.Content.Headers.ContentLength == 0 ? null : await ReadAsync<T>(response, ct), null);
                }

                if ((int)response.StatusCode < 500)
                {
                    return new(null, await ProblemAsync(response, ct));
                }

                if (attempt > 1)
                {
                    throw new ServiceUnavailableException($"{method} {http.BaseAddress?.Authority}: {(int)response.StatusCode}");
                }
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !ct.IsCancellationRequested))
            {
                // Reads and requests with an idempotency key may be repeated; all of ours are one or the other.
                if (attempt > 1)
                {
                    throw new ServiceUnavailableException($"{method} {http.BaseAddress?.Authority} did not answer.", failure);
                }
            }
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, CancellationToken ct) =>
        typeof(T) == typeof(Nothing) ? default : await response.Content.ReadFromJsonAsync<T>(Json.Options, ct);

    private static async Task<Problem> ProblemAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        Dictionary<string, JsonElement> fields = [];
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json" && text.StartsWith('{'))
        {
            fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text, Json.Options)!;
        }

        var type = fields.TryGetValue("type", out var value) ? value.GetString() ?? "" : "";
        var detail = fields.TryGetValue("detail", out var words) && words.ValueKind == JsonValueKind.String ? words.GetString() : null;
        return new((int)response.StatusCode, type[(type.LastIndexOf(':') + 1)..], detail, fields);
    }
}

/// <summary>An answer without a body that matters.</summary>
public sealed record Nothing;

public static class ServiceClients
{
    /// <summary>Addresses are <c>Services:Catalog</c>, <c>Services:Booking</c>, <c>Services:Payment</c>, <c>Services:Referral</c>.</summary>
    public static void AddServiceClients(this IServiceCollection services, IConfiguration configuration)
    {
        Add<CatalogClient>("Catalog");
        Add<BookingClient>("Booking");
        Add<CourseClient>("Booking");
        Add<ChangeClient>("Booking");
        Add<FeedKeeper>("Booking");
        Add<CycleClient>("Booking");
        Add<PaymentClient>("Payment");
        Add<ReferralClient>("Referral");

        void Add<TClient>(string name) where TClient : class => services.AddHttpClient<TClient>(http =>
        {
            http.BaseAddress = new Uri(configuration[$"Services:{name}"] ?? throw new InvalidOperationException($"Services__{name} is not set."));
            http.Timeout = TimeSpan.FromSeconds(10);
        });
    }
}
