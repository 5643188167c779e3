namespace MedTourism.Payment.Providers;

/// <summary>Whoever takes the card. Amounts are our minor units; every change carries a key under which it happens at most once.</summary>
public interface IPaymentProvider
{
    Task<ProviderCheckout> OpenCheckoutAsync(CheckoutOrder order, string idempotencyKey, CancellationToken ct);

    Task<ProviderCheckout> GetCheckoutAsync(string sessionId, CancellationToken ct);

    /// <summary>Closes the page if it is open; the answer tells how it really ended, which may be paid.</summary>
    Task<ProviderCheckout> CloseCheckoutAsync(string sessionId, CancellationToken ct);

    Task<ProviderPayment> GetPaymentAsync(string paymentId, CancellationToken ct);

    /// <summary>The payment a provider's charge belongs to.</summary>
    Task<string?> FindPaymentOfChargeAsync(string chargeId, CancellationToken ct);

    Task<ProviderRefund> RefundAsync(RefundOrder order, string idempotencyKey, CancellationToken ct);

    Task<ProviderRefund> GetRefundAsync(string refundId, CancellationToken ct);

    Task<IReadOnlyList<ProviderRefund>> ListRefundsAsync(string paymentId, CancellationToken ct);
}

/// <summary>What a payment page is opened with. No personal data: the provider asks the payer itself.</summary>
public sealed record CheckoutOrder(
    Guid CheckoutId, Guid ChargeId, Guid BookingId, string ProductName, long AmountMinor, string Currency, DateTimeOffset ExpiresAt, string Locale, string SuccessUrl, string CancelUrl);

public enum CheckoutStatus
{
    Open,
    Expired,
    Paid,

    /// <summary>Completed with a slow method whose money has not come yet.</summary>
    Processing,

    /// <summary>Completed with a slow method whose money did not come.</summary>
    Failed,
}

/// <summary>A payment page as the provider has it now. A missing amount or currency is the provider's.</summary>
public sealed record ProviderCheckout(
    string SessionId,
    CheckoutStatus Status,
    long AmountMinor,
    string Currency,
    bool Live,
    string? BookingId,
    IReadOnlyDictionary<string, string> Metadata,
    string? Url,
    string? PaymentId,
    string? FailureCode);

/// <summary>An attempt to pay. <see cref="FailedCharge"/> names the failed try, if there was a charge at all.</summary>
public sealed record ProviderPayment(string PaymentId, bool HasFailed, string? FailedCharge, string? FailureCode, bool Live, IReadOnlyDictionary<string, string> Metadata);

public sealed record RefundOrder(Guid RefundId, Guid BookingId, string PaymentId, long AmountMinor, string Currency, string Key);

public enum RefundStatus
{
    Pending,
    Succeeded,
    Failed,
}

public sealed record ProviderRefund(
    string RefundId, RefundStatus Status, long AmountMinor, string Currency, string? PaymentId, string? FailureReason, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Names of our identifiers in the provider's metadata.</summary>
public static class MetadataKeys
{
    public const string BookingId = "booking_id";
    public const string ChargeId = "charge_id";
    public const string CheckoutId = "checkout_id";
    public const string RefundId = "refund_id";
    public const string RefundKey = "refund_key";
}
