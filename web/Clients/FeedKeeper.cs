namespace MedTourism.Web.Clients;

/// <summary>The addresses under which a patient's calendar program reads a booking.</summary>
public sealed class FeedKeeper(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<OpenedFeed>> OpenAsync(Guid booking, bool neutralTitle, string culture, string accessKey, string idempotencyKey, CancellationToken ct) =>
        PostAsync<OpenedFeed>($"bookings/{booking}/feed", new { neutralTitle, culture }, ct, accessKey, idempotencyKey);

    public Task<Answer<PatientFeed>> ShowAsync(Guid booking, string accessKey, CancellationToken ct) => GetAsync<PatientFeed>($"bookings/{booking}/feed", ct, accessKey);

    public Task<Answer<Nothing>> EndAsync(Guid booking, string accessKey, CancellationToken ct) => DeleteAsync<Nothing>($"bookings/{booking}/feed", ct, accessKey);
}

/// <summary><see cref="Path"/> is a secret that Booking tells once.</summary>
public sealed record OpenedFeed(string Path, DateTimeOffset CreatedAt);

public sealed record PatientFeed(string Covers, bool NeutralTitle, string Culture, DateTimeOffset CreatedAt, DateTimeOffset? LastReadAt);
