using MassTransit;
using MedTourism.Catalog.Announcements;
using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Search;
using MedTourism.Catalog.Seeding;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Equipment;

/// <summary>The operator opens or closes a machine; offers that need it become bookable at once or stop being so.</summary>
public static class ChangeEquipmentStatus
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPut("/operator/equipment/{id}/status", HandleAsync).RequireOrganisation("operator").RequireRateLimiting("write");

    public sealed record Request(string? Status, string? Basis);

    public sealed record Response(string Id, string Status, string Basis, long Version, int OffersChanged);

    private static async Task<IResult> HandleAsync(
        string id, Request request, CatalogDb db, SeedFiles seed, IPublishEndpoint bus, IOutputCacheStore cache, TimeProvider clock, CancellationToken ct)
    {
        if (!Machine.Statuses.Contains(request.Status))
        {
            return Problems.Fields(("status", $"must be one of {string.Join(", ", Machine.Statuses)}"));
        }

        if (request.Basis is not { Length: > 0 and <= 500 } basis)
        {
            return Problems.Fields(("basis", "must say in up to 500 characters how the status is known"));
        }

        var now = clock.GetUtcNow();
        var response = await db.InTransactionAsync(() => ChangeAsync(db, seed, id, request.Status!, basis, now, ct), ct);
        if (response is null)
        {
            return Problems.NotFound("equipment-unknown", "No machine has this id.");
        }

        await Announce.AllAsync(db, bus, ct);
        await cache.ForgetAsync(ct);
        return TypedResults.Ok(response);
    }

    private static async Task<Response?> ChangeAsync(
        CatalogDb db, SeedFiles seed, string id, string status, string basis, DateTimeOffset now, CancellationToken ct)
    {
        // The seed and two operators write one after the other: offers are derived from the machines of the whole center.
        await LoadSeed.LockAsync(db, ct);
        var machine = await db.Equipment.SingleOrDefaultAsync(one => one.Id == id, ct);
        if (machine is null)
        {
            return null;
        }

        var changed = 0;
        var differs = machine.Status != status;
        (machine.Status, machine.StatusBasis, machine.StatusSetBy) = (status, basis, "operator");
        if (differs)
        {
            (machine.Version, machine.ChangedAt) = (machine.Version + 1, now);
            var center = await db.Centers.SingleAsync(one => one.Id == machine.CenterId, ct);
            var city = await db.Cities.SingleAsync(one => one.Id == center.CityId, ct);
            machine.TermsHash = OfferTerms.HashOf(machine.ToMessage(city.Id, city.TimeZone));
            await db.SaveChangesAsync(ct);
            changed = await ReviseOffersAsync(db, seed, machine, now, ct);
        }

        await db.SaveChangesAsync(ct);
        if (changed > 0)
        {
            await SearchIndex.RebuildAsync(db, seed.Synonyms, ct);
        }

        return new Response(machine.Id, machine.Status, machine.StatusBasis, machine.Version, changed);
    }

    private static async Task<int> ReviseOffersAsync(CatalogDb db, SeedFiles seed, Machine machine, DateTimeOffset now, CancellationToken ct)
    {
        var machines = await db.Equipment.Where(one => one.CenterId == machine.CenterId).ToListAsync(ct);
        var questions = await db.ScreeningQuestions.AsNoTracking().OrderBy(question => question.Position).ToListAsync(ct);
        var rows = await db.Rows().Where(row => row.Center.Id == machine.CenterId).ToListAsync(ct);
        var offers = await db.Offers.Where(offer => offer.CenterId == machine.CenterId && offer.WithdrawnAt == null).ToDictionaryAsync(offer => offer.Id, ct);
        var patterns = await db.Patterns.AsNoTracking().ToDictionaryAsync(pattern => pattern.Id, ct);
        var changed = 0;
        foreach (var row in rows.Where(row => row.Procedure.ResourceKinds.Contains(machine.Kind)))
        {
            var terms = OfferTerms.Of(row.Procedure, row.Center, machines, questions, seed.Prices);
            var hash = OfferTerms.HashOf(OfferTerms.ToMessage(terms, row.Procedure, patterns[row.Procedure.PatternId], row.Center, row.City));
            changed += offers[row.Offer.Id].Adopt(terms, hash, now) ? 1 : 0;
        }

        return changed;
    }
}
