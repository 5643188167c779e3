using System.Text.Json;

namespace MedTourism.Payment.Stripe;

// The fields we read, named as Stripe names them; the serializer turns the case.
internal sealed record StripeSession(
    string Id,
    string? Status,
    string? PaymentStatus,
    long? AmountTotal,
    string? Currency,
    bool Livemode,
    string? ClientReferenceId,
    Dictionary<string, string>? Metadata,
    string? Url,
    JsonElement PaymentIntent);

internal sealed record StripeIntent(string Id, string? Status, string? LatestCharge, bool Livemode, Dictionary<string, string>? Metadata, StripeIntentError? LastPaymentError);

internal sealed record StripeIntentError(string? Code, string? DeclineCode, string? Charge);

internal sealed record StripeCharge(string Id, string? PaymentIntent);

internal sealed record StripeRefund(
    string Id, string? Status, long Amount, string Currency, string? PaymentIntent, string? FailureReason, Dictionary<string, string>? Metadata);

internal sealed record StripeList<T>(List<T> Data, bool HasMore);
