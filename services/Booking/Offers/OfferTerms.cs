using System.Text.Json;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Booking.Offers;

/// <summary>The terms Booking sells an offer under, as Catalog said last.</summary>
public sealed class OfferTerms
{
    public const string Instant = "instant";
    public const string CaseReview = "case-review";
    public const string Cycle = "cycle";

    internal const string Columns =
        """
        offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, mode, duration_minutes,
        resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at
        """;

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

    /// <summary>How its sessions usually follow each other; null if it is not a course.</summary>
    public CourseTerms? Course { get; init; }

    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>True if a time can be held without asking anyone.</summary>
    public bool IsInstant => Mode == Instant && DurationMinutes > 0 && ResourceKinds.Length > 0;

    /// <summary>One row of <see cref="Columns"/>.</summary>
    internal static OfferTerms Read(NpgsqlDataReader row) => new()
    {
        OfferId = row.GetGuid(0),
        Version = row.GetInt64(1),
        ProcedureId = row.GetString(2),
        ProcedureNames = Json<Dictionary<string, string>>(row, 3),
        ServiceLine = row.GetString(4),
        CenterId = row.GetString(5),
        CenterNames = Json<Dictionary<string, string>>(row, 6),
        CityId = row.GetString(7),
        TimeZone = row.GetString(8),
        Mode = row.GetString(9),
        DurationMinutes = row.GetInt32(10),
        ResourceKinds = row.GetFieldValue<string[]>(11),
        PriceMinor = row.GetInt64(12),
        DepositMinor = row.GetInt64(13),
        Currency = row.GetString(14),
        CancellationLadder = Json<CancellationStep[]>(row, 15),
        BlockingQuestions = row.GetFieldValue<string[]>(16),
        Demo = row.GetBoolean(17),
        PublishedAt = row.GetFieldValue<DateTimeOffset>(18),
    };

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

    private static T Json<T>(NpgsqlDataReader row, int column) => JsonSerializer.Deserialize<T>(row.GetString(column), JsonSerializerOptions.Default)!;
}
