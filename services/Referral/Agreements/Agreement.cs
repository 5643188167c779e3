using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Agreements;

/// <summary>The percentage an agency earns on one service line between two dates, both included.</summary>
public sealed class Agreement
{
    // Agreements are made in Kazakhstan: their days begin at midnight there.
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");

    public required Guid Id { get; init; }

    public required Guid AgencyId { get; init; }

    public required string ServiceLine { get; init; }

    public required decimal Percent { get; init; }

    public required DateOnly ValidFrom { get; init; }

    public DateOnly? ValidUntil { get; init; }

    public required bool Demo { get; init; }

    public static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    /// <summary>The percentages of an agency in force at an instant, by service line.</summary>
    public static Task<Dictionary<string, decimal>> InForceAsync(ReferralDb db, Guid agencyId, DateTimeOffset instant, CancellationToken ct)
    {
        var day = DayOf(instant);
        return db.Agreements
            .Where(agreement => agreement.AgencyId == agencyId && agreement.ValidFrom <= day && (agreement.ValidUntil == null || agreement.ValidUntil >= day))
            .ToDictionaryAsync(agreement => agreement.ServiceLine, agreement => agreement.Percent, ct);
    }
}
