namespace MedTourism.Web.Clients;

/// <summary>Deposits: where to pay them and whether they are paid.</summary>
public sealed class PaymentClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<PaymentPage>> CheckoutAsync(Guid bookingId, string successUrl, string cancelUrl, string culture, CancellationToken ct) =>
        PostAsync<PaymentPage>("checkouts", new { bookingId, successUrl, cancelUrl, culture }, ct);

    public Task<Answer<PaymentState>> StateAsync(Guid bookingId, CancellationToken ct) => GetAsync<PaymentState>($"payments/{bookingId}", ct);
}

public sealed record PaymentPage(string Url, DateTimeOffset? ExpiresAt);

/// <summary><see cref="Status"/> is <c>due</c>, <c>open</c>, <c>paid</c>, <c>failed</c> or <c>refunded</c>.</summary>
public sealed record PaymentState(string Status, Money Amount, Money? Refunded);
