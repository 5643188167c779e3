using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Procedures;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Entry;

/// <summary>What the other services know of a country's entry rules. The version rises only when the rules change.</summary>
public sealed class EntryAnnouncement
{
    public required string Country { get; set; }

    public long Version { get; set; }

    public long AnnouncedVersion { get; set; }

    public string RulesHash { get; set; } = string.Empty;

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Gives a new version to every country whose stored rules are not those it was told with, also to one that lost its last rule.</summary>
    public static async Task NumberAsync(CatalogDb db, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var regimes = (await db.VisaRegimes.AsNoTracking().ToListAsync(ct)).ToLookup(regime => regime.Country);
        var sources = await db.Sources.AsNoTracking().ToDictionaryAsync(source => source.Key, ct);
        var known = await db.EntryAnnouncements.ToDictionaryAsync(one => one.Country, ct);
        foreach (var country in regimes.Select(group => group.Key).Union(known.Keys))
        {
            var hash = OfferTerms.HashOf(ToMessage(country, 0, default, regimes[country], sources));
            if (!known.TryGetValue(country, out var told))
            {
                told = new EntryAnnouncement { Country = country };
                db.EntryAnnouncements.Add(told);
            }

            if (told.RulesHash != hash)
            {
                (told.Version, told.RulesHash, told.ChangedAt) = (told.Version + 1, hash, now);
            }
        }

        await db.SaveChangesAsync(ct);
    }

    public static EntryRuleDeclared ToMessage(
        string country, long version, DateTimeOffset at, IEnumerable<VisaRegime> regimes, IReadOnlyDictionary<string, Source> sources) => new(
            country,
            version,
            [.. regimes.OrderBy(regime => regime.ValidFrom).Select(regime => new EntryPeriod(
                regime.ValidFrom, regime.ValidTo, regime.VisaFreeDays, regime.WindowDays, regime.MaxInWindow, regime.Via, regime.Note, regime.Source,
                regime.Source is null ? null : sources.GetValueOrDefault(regime.Source)?.Url, regime.Basis, regime.CheckedOn))],
            at);
}
