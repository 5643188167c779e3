namespace MedTourism.Referral.Referrals;

/// <summary>
/// Who brought a booking and what is earned on it. <see cref="State"/>: <c>refused</c> (see the reason), <c>attributed</c> (the deposit is not paid
/// yet), <c>pending</c> (a commission, paid after care) or <c>void</c> (cancelled). Nothing about the patient but the booking's reference.
/// </summary>
public sealed class ReferralRecord
{
    /// <summary>Sources: the patient followed the agency's link, or the agency let the patient wait for this time.</summary>
    public const string Link = "link";
    public const string Waitlist = "waitlist";

    public required Guid BookingId { get; init; }

    public required string Reference { get; init; }

    public Guid? AgencyId { get; init; }

    public required string Source { get; init; }

    public Guid? LinkId { get; init; }

    /// <summary>Empty for a waiting patient.</summary>
    public required string Code { get; init; }

    public required string ServiceLine { get; init; }

    public required string State { get; init; }

    public string? RefusedReason { get; init; }

    public decimal? Percent { get; init; }

    public required long PriceMinor { get; init; }

    public required string Currency { get; init; }

    public long? CommissionMinor { get; init; }

    /// <summary>The first touch of the link, or when the agency let the patient wait: its terms are those of that day.</summary>
    public required DateTimeOffset TouchedAt { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset? AccruedAt { get; init; }

    public DateTimeOffset? VoidedAt { get; init; }

    public required bool Demo { get; init; }
}
