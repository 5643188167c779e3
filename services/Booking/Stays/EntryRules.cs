using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Stays;

/// <summary>A country's entry rules, as Catalog said last.</summary>
public sealed class EntryRules
{
    /// <summary>ISO 3166-1 alpha-2.</summary>
    public required string Country { get; init; }

    public long Version { get; init; }

    public required EntryPeriod[] Periods { get; init; }

    /// <summary>The rule of a day; null if none is on file, which is not the same as "no visa" or "visa".</summary>
    public EntryPeriod? On(DateOnly day) => Periods.SingleOrDefault(period => period.ValidFrom <= day && !(period.ValidTo < day));

    /// <summary>Null if nothing is on file for citizens of this country.</summary>
    public static Task<EntryRules?> LoadAsync(BookingDb db, string? citizenship, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var country = citizenship?.ToUpperInvariant();
        return db.EntryRules.AsNoTracking().SingleOrDefaultAsync(rules => rules.Country == country, ct);
    }
}
