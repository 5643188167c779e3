using System.Text.Json;
using MedTourism.Payment.Money;
using MedTourism.Payment.Providers;

namespace MedTourism.Payment.Stripe;

/// <summary>Stripe behind <see cref="IPaymentProvider"/>: Checkout Sessions on its hosted page, refunds to the original card.</summary>
public sealed class StripeProvider(StripeClient client) : IPaymentProvider
{
    private const int PageSize = 100;

    private static readonly Dictionary<string, string> None = [];
    private static readonly Dictionary<string, object?> WithIntent = new() { ["expand"] = new[] { "payment_intent" } };
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<ProviderCheckout> OpenCheckoutAsync(CheckoutOrder order, string idempotencyKey, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(order);
        var ids = new Dictionary<string, object?>
        {
            [MetadataKeys.BookingId] = order.BookingId,
            [MetadataKeys.ChargeId] = order.ChargeId,
            [MetadataKeys.CheckoutId] = order.CheckoutId,
        };
        var parameters = new Dictionary<string, object?>
        {
            ["mode"] = "payment",
            ["client_reference_id"] = order.BookingId,
            ["success_url"] = order.SuccessUrl,
            ["cancel_url"] = order.CancelUrl,
            ["expires_at"] = order.ExpiresAt,
            ["locale"] = order.Locale,
            ["metadata"] = ids,
            ["payment_intent_data"] = new Dictionary<string, object?> { ["metadata"] = ids },
            ["line_items"] = new[]
            {
                new Dictionary<string, object?>
                {
                    ["quantity"] = 1,
                    ["price_data"] = new Dictionary<string, object?>
                    {
                        ["currency"] = order.Currency.ToLowerInvariant(),
                        ["unit_amount"] = ProviderAmount.FromMinor(order.AmountMinor, order.Currency),
                        ["product_data"] = new Dictionary<string, object?> { ["name"] = order.ProductName },
                    },
                },
            },
        };
        return Checkout(await client.PostAsync<StripeSession>("/v1/checkout/sessions", parameters, idempotencyKey, ct));
    }

    public async Task<ProviderCheckout> GetCheckoutAsync(string sessionId, CancellationToken ct) =>
        Checkout(await client.GetAsync<StripeSession>($"/v1/checkout/sessions/{Uri.EscapeDataString(sessionId)}", WithIntent, ct));

    public async Task<ProviderCheckout> CloseCheckoutAsync(string sessionId, CancellationToken ct)
    {
        try
        {
            return Checkout(await client.PostAsync<StripeSession>(
                $"/v1/checkout/sessions/{Uri.EscapeDataString(sessionId)}/expire", WithIntent, $"expire:{sessionId}:v1", ct));
        }
        catch (ProviderRefusedException refused) when (refused.Status == StatusCodes.Status400BadRequest)
        {
            return await GetCheckoutAsync(sessionId, ct); // not open any more: complete counts
        }
    }

    public async Task<ProviderPayment> GetPaymentAsync(string paymentId, CancellationToken ct)
    {
        var intent = await client.GetAsync<StripeIntent>($"/v1/payment_intents/{Uri.EscapeDataString(paymentId)}", null, ct);
        return new ProviderPayment(
            intent.Id, HasFailed(intent), intent.LastPaymentError?.Charge, FailureOf(intent), intent.Livemode, intent.Metadata ?? None);
    }

    public async Task<string?> FindPaymentOfChargeAsync(string chargeId, CancellationToken ct) =>
        (await client.GetAsync<StripeCharge>($"/v1/charges/{Uri.EscapeDataString(chargeId)}", null, ct)).PaymentIntent;

    public async Task<ProviderRefund> RefundAsync(RefundOrder order, string idempotencyKey, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(order);
        var parameters = new Dictionary<string, object?>
        {
            ["payment_intent"] = order.PaymentId,
            ["amount"] = ProviderAmount.FromMinor(order.AmountMinor, order.Currency),
            ["reason"] = "requested_by_customer",
            ["metadata"] = new Dictionary<string, object?>
            {
                [MetadataKeys.BookingId] = order.BookingId,
                [MetadataKeys.RefundId] = order.RefundId,
                [MetadataKeys.RefundKey] = order.Key,
            },
        };
        return Refund(await client.PostAsync<StripeRefund>("/v1/refunds", parameters, idempotencyKey, ct));
    }

    public async Task<ProviderRefund> GetRefundAsync(string refundId, CancellationToken ct) =>
        Refund(await client.GetAsync<StripeRefund>($"/v1/refunds/{Uri.EscapeDataString(refundId)}", null, ct));

    public async Task<IReadOnlyList<ProviderRefund>> ListRefundsAsync(string paymentId, CancellationToken ct)
    {
        var all = new List<ProviderRefund>();
        string? after = null;
        while (true)
        {
            var parameters = new Dictionary<string, object?> { ["payment_intent"] = paymentId, ["limit"] = PageSize };
            if (after is not null)
            {
                parameters["starting_after"] = after;
            }

            var page = await client.GetAsync<StripeList<StripeRefund>>("/v1/refunds", parameters, ct);
            all.AddRange(page.Data.Select(Refund));
            if (!page.HasMore || page.Data.Count == 0)
            {
                return all;
            }

            after = page.Data[^1].Id;
        }
    }

    private static ProviderCheckout Checkout(StripeSession session)
    {
        var intent = session.PaymentIntent.ValueKind == JsonValueKind.Object ? session.PaymentIntent.Deserialize<StripeIntent>(Json) : null;
        var paymentId = intent?.Id ?? (session.PaymentIntent.ValueKind == JsonValueKind.String ? session.PaymentIntent.GetString() : null);
        var status = (session.Status, session.PaymentStatus) switch
        {
            ("open", _) => CheckoutStatus.Open,
            ("expired", _) => CheckoutStatus.Expired,
            ("complete", "paid") => CheckoutStatus.Paid,
            ("complete", _) when intent is not null && HasFailed(intent) => CheckoutStatus.Failed,
            ("complete", "unpaid") => CheckoutStatus.Processing,
            var other => throw new ProviderUnavailableException($"Session {session.Id} is in an unknown state: {other}"),
        };
        var currency = (session.Currency ?? string.Empty).ToUpperInvariant();
        return new ProviderCheckout(
            session.Id, status, ProviderAmount.ToMinor(session.AmountTotal ?? 0, currency), currency, session.Livemode, session.ClientReferenceId,
            session.Metadata ?? None, session.Url, paymentId, intent is null ? null : FailureOf(intent));
    }

    private static ProviderRefund Refund(StripeRefund refund)
    {
        var currency = refund.Currency.ToUpperInvariant();
        var status = refund.Status switch
        {
            "succeeded" => RefundStatus.Succeeded,
            "failed" or "canceled" => RefundStatus.Failed,
            _ => RefundStatus.Pending, // also requires_action: the provider waits for the payer
        };
        return new ProviderRefund(
            refund.Id, status, ProviderAmount.ToMinor(refund.Amount, currency), currency, refund.PaymentIntent, refund.FailureReason, refund.Metadata ?? None);
    }

    private static bool HasFailed(StripeIntent intent) => intent is { Status: "requires_payment_method" or "canceled", LastPaymentError: not null };

    private static string? FailureOf(StripeIntent intent) => intent.LastPaymentError?.DeclineCode ?? intent.LastPaymentError?.Code;
}
