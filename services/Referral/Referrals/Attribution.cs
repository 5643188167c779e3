using MedTourism.Referral.Links;

namespace MedTourism.Referral.Referrals;

/// <summary>The rules of what a link earns its agency: on the terms of the first touch, if that was at most 90 days ago.</summary>
public static class Attribution
{
    public static readonly TimeSpan TouchLasts = TimeSpan.FromDays(90);

    // The touch was stamped by our database and the booking by Booking's: their clocks may differ by a little.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Why the touch earns nothing, or null.</summary>
    public static string? Refusal(ReferralLink? link, DateTimeOffset touchedAt, DateTimeOffset placedAt, decimal? percentAtTouch) => link switch
    {
        null => "code-unknown",
        _ when touchedAt > placedAt + ClockSkew => "touch-in-future",
        _ when touchedAt < link.CreatedAt - ClockSkew => "touch-before-link",
        _ when placedAt - touchedAt > TouchLasts => "touch-expired",
        _ when percentAtTouch is null => "no-agreement",
        _ => null,
    };

    /// <summary>The commission in minor units of the price's currency, a half unit going to the even neighbour (banker's rounding).</summary>
    public static long Commission(long priceMinor, decimal percent) =>
        (long)decimal.Round(priceMinor * percent / 100m, 0, MidpointRounding.ToEven);
}
