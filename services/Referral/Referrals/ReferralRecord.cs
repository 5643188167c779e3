namespace MedTourism.Referral.Referrals;

/// <summary>
/// Who brought a booking and what is earned on it. <see cref="State"/>: <c>refused</c> (see the reason), <c>attributed</c> (the deposit is not paid
/// yet), <c>pending</c> (a commission, paid after care) or <c>void</c> (cancelled). Nothing about the patient but the booking's reference.
/// </summary>
public sealed class ReferralRecord
{
    public required Guid BookingId { get; init; }

    public required string Reference { get; init; }

    public Guid? AgencyId { get; init; }

    public Guid? LinkId { get; init; }

    public required string Code { get; init; }

    public required string ServiceLine { get; init; }

    public required string State { get; init; }

    public string? RefusedReason { get; init; }

    public decimal? Percent { get; init; }

    public required long PriceMinor { get; init; }

    public required string Currency { get; init; }

    public long? CommissionMinor { get; init; }

    public required DateTimeOffset TouchedAt { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? AccruedAt { get; init; }

    public DateTimeOffset? VoidedAt { get; init; }

    public required bool Demo { get; init; }
}
