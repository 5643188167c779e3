using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Offers;

/// <summary>The terms Booking sells an offer under, as Catalog said last.</summary>
public sealed class OfferTerms
{
    public const string Instant = "instant";

    public Guid OfferId { get; init; }

    public long Version { get; init; }

    public required string ProcedureId { get; init; }

    public required Dictionary<string, string> ProcedureNames { get; init; }

    public required string ServiceLine { get; init; }

    public required string CenterId { get; init; }

    public required Dictionary<string, string> CenterNames { get; init; }

    public required string CityId { get; init; }

    public required string TimeZone { get; init; }

    public required string Mode { get; init; }

    public int DurationMinutes { get; init; }

    public required string[] ResourceKinds { get; init; }

    public long PriceMinor { get; init; }

    public long DepositMinor { get; init; }

    public required string Currency { get; init; }

    public required CancellationStep[] CancellationLadder { get; init; }

    public required string[] BlockingQuestions { get; init; }

    public bool Demo { get; init; }

    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>True if a time can be held without asking anyone.</summary>
    public bool IsInstant => Mode == Instant && DurationMinutes > 0 && ResourceKinds.Length > 0;

    /// <summary>The offers of these ids that are sold now; unknown and withdrawn ones are left out.</summary>
    public static Task<List<OfferTerms>> SoldAsync(BookingDb db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        db.OfferTerms.FromSql(
            $"""
            SELECT o.* FROM offer_terms o
            WHERE o.offer_id = ANY({ids.ToArray()})
              AND NOT EXISTS (SELECT 1 FROM offer_withdrawals w WHERE w.offer_id = o.offer_id AND w.version >= o.version)
            """).AsNoTracking().ToListAsync(ct);

    public static async Task<OfferTerms?> SoldAsync(BookingDb db, Guid id, CancellationToken ct) =>
        (await SoldAsync(db, [id], ct)).SingleOrDefault();
}
