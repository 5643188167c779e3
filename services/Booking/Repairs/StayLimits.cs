using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// How many days citizens may stay without a visa, from the entry rules on file, for showing what longer courses mean. Information, not advice: no
/// repair is refused because of it.
/// </summary>
public static class StayLimits
{
    /// <summary>By citizenship (ISO 3166-1 alpha-2); those without a rule on file are left out.</summary>
    public static async Task<Dictionary<string, int>> LoadAsync(BookingDb db, IEnumerable<string> citizenships, DateOnly day, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var countries = citizenships.Distinct().ToArray();
        var rules = await db.EntryRules.AsNoTracking().Where(x => countries.Contains(x.Country)).ToListAsync(ct);
        return rules.Select(x => (x.Country, Rule: x.On(day))).Where(x => x.Rule is not null).ToDictionary(x => x.Country, x => x.Rule!.VisaFreeDays);
    }
}
