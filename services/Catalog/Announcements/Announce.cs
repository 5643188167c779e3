using MassTransit;
using MedTourism.Catalog.Entry;
using MedTourism.Catalog.Offers;
using MedTourism.Contracts.Catalog;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Announcements;

/// <summary>
/// Tells the other services what they do not know yet. What was told is a number on each row, written in the transaction of the message, so a
/// crash repeats nothing and forgets nothing.
/// </summary>
public static class Announce
{
    private const int BatchSize = 100;

    /// <returns>How many messages were written.</returns>
    public static async Task<int> AllAsync(CatalogDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var total = 0;
        foreach (var batch in new Func<CatalogDb, IPublishEndpoint, CancellationToken, Task<int>>[] { HolidaysAsync, EntryRulesAsync, EquipmentAsync, OffersAsync })
        {
            int told;
            do
            {
                told = await db.InTransactionAsync(
                    async () =>
                    {
                        var count = await batch(db, bus, ct);
                        await db.SaveChangesAsync(ct);
                        return count;
                    },
                    ct);
                total += told;
            }
            while (told == BatchSize);
        }

        return total;
    }

    private static async Task<int> HolidaysAsync(CatalogDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var days = await db.Holidays
            .FromSql($"SELECT * FROM holidays WHERE NOT announced ORDER BY country, date LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .ToListAsync(ct);
        foreach (var day in days)
        {
            day.Announced = true;
            await bus.PublishFor(
                OfferId.From($"holiday|{day.Country}|{day.Date:yyyy-MM-dd}"),
                new PublicHolidayDeclared(day.Country, day.Date, day.Name, day.Official, day.Sources.Length > 0 ? string.Join(' ', day.Sources) : day.Basis ?? string.Empty),
                ct);
        }

        return days.Count;
    }

    private static async Task<int> EntryRulesAsync(CatalogDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var countries = await db.EntryAnnouncements
            .FromSql($"SELECT * FROM entry_announcements WHERE announced_version < version ORDER BY country LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .ToListAsync(ct);
        var codes = countries.ConvertAll(told => told.Country);
        var regimes = (await db.VisaRegimes.AsNoTracking().Where(regime => codes.Contains(regime.Country)).ToListAsync(ct)).ToLookup(regime => regime.Country);
        var sources = await db.Sources.AsNoTracking().ToDictionaryAsync(source => source.Key, ct);
        foreach (var told in countries)
        {
            told.AnnouncedVersion = told.Version;
            await bus.PublishFor(
                OfferId.From($"entry|{told.Country}"),
                EntryAnnouncement.ToMessage(told.Country, told.Version, told.ChangedAt, regimes[told.Country], sources),
                ct);
        }

        return countries.Count;
    }

    private static async Task<int> EquipmentAsync(CatalogDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var machines = await db.Equipment
            .FromSql($"SELECT * FROM equipment WHERE announced_version < version ORDER BY id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .ToListAsync(ct);
        var centers = await db.Centers.AsNoTracking().ToDictionaryAsync(center => center.Id, ct);
        var cities = await db.Cities.AsNoTracking().ToDictionaryAsync(city => city.Id, ct);
        foreach (var machine in machines)
        {
            var city = cities[centers[machine.CenterId].CityId];
            machine.AnnouncedVersion = machine.Version;
            await bus.PublishFor(OfferId.From($"equipment|{machine.Id}"), machine.ToMessage(city.Id, city.TimeZone), ct);
        }

        return machines.Count;
    }

    private static async Task<int> OffersAsync(CatalogDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var offers = await db.Offers
            .FromSql($"SELECT * FROM offers WHERE announced_version < version ORDER BY id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .ToListAsync(ct);
        var procedures = await db.Procedures.AsNoTracking().ToDictionaryAsync(procedure => procedure.Id, ct);
        var patterns = await db.Patterns.AsNoTracking().ToDictionaryAsync(pattern => pattern.Id, ct);
        var centers = await db.Centers.AsNoTracking().ToDictionaryAsync(center => center.Id, ct);
        var cities = await db.Cities.AsNoTracking().ToDictionaryAsync(city => city.Id, ct);
        foreach (var offer in offers)
        {
            offer.AnnouncedVersion = offer.Version;
            if (offer.WithdrawnAt is { } withdrawn)
            {
                await bus.PublishFor(offer.Id, new OfferWithdrawn(offer.Id, offer.Version, withdrawn), ct);
                continue;
            }

            var center = centers[offer.CenterId];
            var procedure = procedures[offer.ProcedureId];
            await bus.PublishFor(offer.Id, OfferTerms.ToMessage(offer, procedure, patterns[procedure.PatternId], center, cities[center.CityId]), ct);
        }

        return offers.Count;
    }
}
