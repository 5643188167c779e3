using MassTransit;
using MedTourism.Catalog.Announcements;
using MedTourism.Catalog.Entry;
using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Search;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Seeding;

/// <summary>Brings the database to the seed this service was built with, once, however many replicas start; then tells the others what changed.</summary>
public static class LoadSeed
{
    private const string Name = "catalog";
    private const long LockKey = 5_102_733_001;

    /// <returns>False if the database holds this seed already.</returns>
    public static Task<bool> RunAsync(CatalogDb db, SeedFiles seed, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(seed);
        return db.InTransactionAsync(
            async () =>
            {
                await LockAsync(db, ct);
                var hash = seed.Hash();
                var load = await db.SeedLoads.FindAsync([Name], ct);
                if (load?.Hash == hash)
                {
                    return false;
                }

                await WriteReferenceAsync(db, seed, ct);
                await EntryAnnouncement.NumberAsync(db, now, ct);
                await WriteEquipmentAsync(db, seed, now, ct);
                await db.SaveChangesAsync(ct);
                await WriteOffersAsync(db, seed, now, ct);
                if (load is null)
                {
                    db.SeedLoads.Add(new SeedLoad { Name = Name, Hash = hash, LoadedAt = now });
                }
                else
                {
                    (load.Hash, load.LoadedAt) = (hash, now);
                }

                await db.SaveChangesAsync(ct);
                await SearchIndex.RebuildAsync(db, seed.Synonyms, ct);
                return true;
            },
            ct);
    }

    /// <summary>Lets one transaction at a time derive offers.</summary>
    public static Task LockAsync(CatalogDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockKey})", ct);
    }

    private static async Task WriteReferenceAsync(CatalogDb db, SeedFiles seed, CancellationToken ct)
    {
        await UpsertAsync(db, seed.Sources, source => source.Key, ct);
        await UpsertAsync(db, seed.Cities, city => city.Id, ct);
        await UpsertAsync(db, seed.Lines, line => line.Id, ct);
        await UpsertAsync(db, seed.Patterns, pattern => pattern.Id, ct);
        await UpsertAsync(db, seed.Documents, document => document.Id, ct);
        await UpsertAsync(db, seed.Bundles, bundle => bundle.Id, ct);
        await UpsertAsync(db, seed.Preparation, step => (step.Topic, step.Id), ct, deleteOthers: true);
        await UpsertAsync(db, seed.Screening, question => question.Id, ct, deleteOthers: true);
        await UpsertAsync(db, seed.VisaRegimes, regime => (regime.Country, regime.ValidFrom), ct, deleteOthers: true);
        await UpsertAsync(db, seed.Countries, country => country.Code, ct);
        await UpsertAsync(db, seed.Languages, language => language.Code, ct);
        await UpsertAsync(db, seed.Procedures, procedure => procedure.Id, ct);
        var left = await UpsertAsync(db, seed.Centers, center => center.Id, ct);
        foreach (var center in left)
        {
            center.Listed = false;
        }

        var known = await db.Holidays.AsNoTracking().ToDictionaryAsync(holiday => (holiday.Country, holiday.Date), ct);
        foreach (var holiday in seed.Holidays)
        {
            // A day is told again only if it is told differently.
            holiday.Announced = known.TryGetValue((holiday.Country, holiday.Date), out var old) && old.Announced
                && old.Name == holiday.Name && old.Official == holiday.Official && old.Sources.SequenceEqual(holiday.Sources);
        }

        await UpsertAsync(db, seed.Holidays, holiday => (holiday.Country, holiday.Date), ct);
    }

    private static async Task WriteEquipmentAsync(CatalogDb db, SeedFiles seed, DateTimeOffset now, CancellationToken ct)
    {
        var cities = seed.Cities.ToDictionary(city => city.Id);
        var centers = seed.Centers.ToDictionary(center => center.Id);
        var stored = await db.Equipment.ToDictionaryAsync(machine => machine.Id, ct);
        foreach (var machine in seed.Equipment)
        {
            var old = stored.GetValueOrDefault(machine.Id);
            if (old?.StatusSetBy == "operator")
            {
                (machine.Status, machine.StatusBasis, machine.StatusSetBy) = (old.Status, old.StatusBasis, old.StatusSetBy);
            }

            var city = cities[centers[machine.CenterId].CityId];
            machine.TermsHash = OfferTerms.HashOf(machine.ToMessage(city.Id, city.TimeZone));
            (machine.Version, machine.AnnouncedVersion, machine.ChangedAt) = old is null
                ? (1, 0, now)
                : machine.TermsHash == old.TermsHash ? (old.Version, old.AnnouncedVersion, old.ChangedAt) : (old.Version + 1, old.AnnouncedVersion, now);
        }

        foreach (var gone in await UpsertAsync(db, seed.Equipment, machine => machine.Id, ct))
        {
            if (gone.Status != "closed")
            {
                (gone.Status, gone.StatusBasis, gone.StatusSetBy) = ("closed", "no longer in the catalogue", "seed");
                (gone.Version, gone.TermsHash, gone.ChangedAt) = (gone.Version + 1, "gone", now);
            }
        }
    }

    private static async Task WriteOffersAsync(CatalogDb db, SeedFiles seed, DateTimeOffset now, CancellationToken ct)
    {
        var cities = seed.Cities.ToDictionary(city => city.Id);
        var centers = seed.Centers.ToDictionary(center => center.Id);
        var machines = (await db.Equipment.ToListAsync(ct)).ToLookup(machine => machine.CenterId);
        var stored = await db.Offers.ToDictionaryAsync(offer => offer.Id, ct);
        var patterns = seed.Patterns.ToDictionary(pattern => pattern.Id);
        foreach (var procedure in seed.Procedures)
        {
            foreach (var center in procedure.Centers.Where(centers.ContainsKey).Select(id => centers[id]))
            {
                var terms = OfferTerms.Of(procedure, center, [.. machines[center.Id]], seed.Screening, seed.Prices);
                var hash = OfferTerms.HashOf(OfferTerms.ToMessage(terms, procedure, patterns[procedure.PatternId], center, cities[center.CityId]));
                if (!stored.Remove(terms.Id, out var offer))
                {
                    offer = terms;
                    db.Offers.Add(offer);
                }

                offer.Adopt(terms, hash, now);
            }
        }

        foreach (var gone in stored.Values.Where(offer => offer.WithdrawnAt is null))
        {
            gone.Withdraw(now);
        }
    }

    /// <summary>Writes the seed's rows over the stored ones and returns (or deletes) the stored rows the seed does not know.</summary>
    private static async Task<List<T>> UpsertAsync<T, TKey>(
        CatalogDb db, IEnumerable<T> rows, Func<T, TKey> key, CancellationToken ct, bool deleteOthers = false)
        where T : class
        where TKey : notnull
    {
        var stored = (await db.Set<T>().ToListAsync(ct)).ToDictionary(key);
        foreach (var row in rows)
        {
            if (stored.Remove(key(row), out var old))
            {
                db.Entry(old).CurrentValues.SetValues(row);
            }
            else
            {
                db.Add(row);
            }
        }

        if (deleteOthers)
        {
            db.RemoveRange(stored.Values);
        }

        // EF knows no foreign keys here (the schema does): each table is written before the next one refers to it.
        await db.SaveChangesAsync(ct);
        return [.. stored.Values];
    }

    /// <summary>Loads before the service takes requests, and finishes announcements that a crash left behind.</summary>
    public sealed class AtStart(IServiceScopeFactory scopes, IConfiguration configuration, SeedFiles seed, TimeProvider clock, ILogger<AtStart> log) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CatalogDb>();
            if (configuration.GetValue("Catalog:Seed", true))
            {
                if (await RunAsync(db, seed, clock.GetUtcNow(), cancellationToken))
                {
                    log.LogInformation("Seed loaded: {Centers} centers, {Procedures} procedures", seed.Centers.Length, seed.Procedures.Length);
                }
            }

            var told = await Announce.AllAsync(db, scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), cancellationToken);
            if (told > 0)
            {
                log.LogInformation("{Count} facts of the catalogue announced", told);
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
