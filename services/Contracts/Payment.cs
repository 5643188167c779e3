namespace MedTourism.Contracts.Payment;

/// <summary>The provider's payment page was opened for a deposit and stays open until <see cref="ExpiresAt"/>.</summary>
public sealed record CheckoutOpened(Guid BookingId, Guid ChargeId, DateTimeOffset ExpiresAt, DateTimeOffset OpenedAt);

/// <summary>The deposit of a booking arrived. Amounts are minor units. Said once per charge.</summary>
public sealed record DepositPaid(Guid BookingId, Guid ChargeId, long AmountMinor, string Currency, int Fence, DateTimeOffset PaidAt);

/// <summary>A try to pay failed; the patient may try again while the hold lasts. <see cref="Reason"/> is the provider's public decline code.</summary>
public sealed record PaymentFailed(Guid BookingId, Guid ChargeId, string Reason, DateTimeOffset FailedAt);

/// <summary>Money went back to the patient. <see cref="Reason"/> is <c>cancelled</c> or <c>unplaceable</c>.</summary>
public sealed record RefundIssued(Guid BookingId, Guid RefundId, long AmountMinor, string Currency, string Reason, DateTimeOffset IssuedAt);

/// <summary>The provider could not carry out a refund: the debt is open again and the operator must act.</summary>
public sealed record RefundFailed(Guid BookingId, Guid RefundId, long AmountMinor, string Currency, string Reason, DateTimeOffset FailedAt);
