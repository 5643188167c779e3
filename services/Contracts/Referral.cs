namespace MedTourism.Contracts.Referral;

/// <summary>
/// A booking was brought by an agency under the terms in force when the link was first touched, or when the agency let the patient wait for the time:
/// then <see cref="Code"/> is empty.
/// </summary>
public sealed record ReferralAttributed(Guid BookingId, Guid AgencyId, string Code, decimal Percent, DateTimeOffset AttributedAt);

/// <summary>A commission is pending (paid after care). Minor units.</summary>
public sealed record CommissionAccrued(Guid BookingId, Guid AgencyId, long AmountMinor, string Currency, decimal Percent, DateTimeOffset AccruedAt);

/// <summary>The booking was cancelled, so its commission is void.</summary>
public sealed record CommissionVoided(Guid BookingId, Guid AgencyId, long AmountMinor, string Currency, DateTimeOffset VoidedAt);
