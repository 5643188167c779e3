using MassTransit;
using MedTourism.Catalog.Announcements;
using MedTourism.Catalog.Entry;
using MedTourism.Catalog.Seeding;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.Catalog.Tests.Seeding;

public sealed class LoadSeedTests
{
    [Test]
    public async Task The_whole_catalogue_is_in_the_database()
    {
        var counts = await Running.App.InDatabaseAsync(async db => new
        {
            Lines = await db.ServiceLines.CountAsync(),
            Procedures = await db.Procedures.CountAsync(),
            Centers = await db.Centers.CountAsync(),
            Cities = await db.Cities.CountAsync(),
            Machines = await db.Equipment.CountAsync(machine => machine.Kind != "consulting-room"),
            Patterns = await db.Patterns.CountAsync(),
            Offers = await db.Offers.CountAsync(),
        });
        Assert.That(counts, Is.EqualTo(new { Lines = 16, Procedures = 105, Centers = 49, Cities = 20, Machines = 41, Patterns = 25, Offers = 243 }));
    }

    [Test]
    public async Task Every_procedure_has_its_name_in_five_languages()
    {
        var names = await Running.App.InDatabaseAsync(db => db.Procedures.Select(procedure => procedure.Names).ToListAsync());
        Assert.That(names, Has.All.Matches<Dictionary<string, string>>(one => one.Keys.Order().SequenceEqual(["ar", "en", "fr", "kk", "ru"]) && !one.ContainsValue(string.Empty)));
    }

    [Test]
    public async Task Every_offer_machine_and_holiday_is_announced_once()
    {
        await Eventually.That(
            () => Running.App.Received<OfferPublished>().Count >= 243
                && Running.App.Received<EquipmentStatusChanged>().Count >= 48
                && Running.App.Received<PublicHolidayDeclared>().Count >= 37,
            "The seed was not announced.");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Running.App.Received<OfferPublished>().Select(offer => offer.OfferId), Is.Unique.And.Exactly(243).Items);
            Assert.That(Running.App.Received<EquipmentStatusChanged>().Select(machine => machine.EquipmentId), Is.Unique.And.Exactly(48).Items);
            Assert.That(Running.App.Received<PublicHolidayDeclared>().Select(day => day.Date), Is.Unique.And.Exactly(37).Items);
            Assert.That(Running.App.Received<OfferPublished>().Select(offer => offer.Version), Is.All.EqualTo(1));
        }
    }

    [Test]
    public async Task A_second_start_on_the_same_database_tells_nothing_new()
    {
        await using var first = await Running.StartAsync(demo: true);
        await Eventually.That(() => first.Received<OfferPublished>().Count == 243, "The seed was not announced.");
        await Eventually.That(async () => await OutboxDepthAsync(first) == 0, "The outbox did not empty.");

        await using var second = await Running.StartAsync(demo: true, first.ConnectionString, first.BrokerUri);
        await using var scope = second.Services.CreateAsyncScope();
        var seed = SeedFiles.Load(demo: true);
        var loaded = await LoadSeed.RunAsync(scope.ServiceProvider.GetRequiredService<CatalogDb>(), seed, TimeProvider.System.GetUtcNow(), default);

        var versions = await second.InDatabaseAsync(db => db.Offers.Select(offer => offer.Version).Distinct().ToListAsync());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loaded, Is.False);
            Assert.That(versions, Is.EqualTo(new long[] { 1 }));
            Assert.That(await OutboxDepthAsync(second), Is.Zero);
            Assert.That(first.Received<OfferPublished>(), Has.Count.EqualTo(243));
            Assert.That(second.Received<OfferPublished>(), Is.Empty);
        }
    }

    [Test]
    public async Task A_seed_loaded_again_after_a_change_elsewhere_raises_no_version()
    {
        await using var app = await Running.StartAsync(demo: true);
        await Eventually.That(() => app.Received<OfferPublished>().Count == 243, "The seed was not announced.");
        // Another hash, as after a new build of the service with the same terms.
        await app.InDatabaseAsync(db => db.Database.ExecuteSqlAsync($"UPDATE seed_loads SET hash = 'older'"));

        await using var scope = app.Services.CreateAsyncScope();
        var loaded = await LoadSeed.RunAsync(
            scope.ServiceProvider.GetRequiredService<CatalogDb>(), SeedFiles.Load(demo: true), TimeProvider.System.GetUtcNow(), default);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(loaded, Is.True);
            Assert.That(await app.InDatabaseAsync(db => db.Offers.CountAsync(offer => offer.Version != 1 || offer.AnnouncedVersion != 1)), Is.Zero);
            Assert.That(await app.InDatabaseAsync(db => db.Equipment.CountAsync(machine => machine.Version != 1 || machine.AnnouncedVersion != 1)), Is.Zero);
            Assert.That(await app.InDatabaseAsync(db => db.Holidays.CountAsync(day => !day.Announced)), Is.Zero);
        }
    }

    [Test]
    public async Task Changed_terms_raise_the_version_of_their_offer_only()
    {
        await using var app = await Running.StartAsync(demo: true);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDb>();
        var seed = SeedFiles.Load(demo: true);
        seed.Procedures.Single(procedure => procedure.Id == "proton-course").DurationMinutes = 75;
        await db.Database.ExecuteSqlAsync($"UPDATE seed_loads SET hash = 'older'");

        await LoadSeed.RunAsync(db, seed, TimeProvider.System.GetUtcNow(), default);

        var changed = await db.Offers.Where(offer => offer.Version > offer.AnnouncedVersion).ToListAsync();
        Assert.That(changed.Select(offer => (offer.ProcedureId, offer.CenterId, offer.Version)), Is.EqualTo(new[] { ("proton-course", "nnoc", 2L) }));
    }

    [Test]
    public async Task Entry_rules_are_told_once_by_country_and_again_only_where_they_changed_or_are_gone()
    {
        await using var app = await Running.StartAsync(demo: true);
        await Eventually.That(() => app.Received<EntryRuleDeclared>().Count == 39, "The entry rules were not announced.");
        var turkish = app.Received<EntryRuleDeclared>().Single(rule => rule.Country == "TR");
        Assert.That(turkish.Periods.Select(period => (period.VisaFreeDays, period.ValidTo)), Is.EqualTo(new[] { (30, (DateOnly?)new DateOnly(2025, 8, 27)), (90, null) }));
        Assert.That(turkish.Periods[0].SourceUrl, Does.StartWith("https://"));

        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDb>();
        await db.Database.ExecuteSqlAsync($"UPDATE visa_regimes SET max_in_window = 60 WHERE country = 'DE'");
        await db.Database.ExecuteSqlAsync($"DELETE FROM visa_regimes WHERE country = 'CH'");
        await EntryAnnouncement.NumberAsync(db, TimeProvider.System.GetUtcNow(), default);
        await Announce.AllAsync(db, scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), default);

        await Eventually.That(() => app.Received<EntryRuleDeclared>().Count == 41, "The changed rules were not announced.");
        var again = app.Received<EntryRuleDeclared>().Where(rule => rule.Version == 2).ToDictionary(rule => rule.Country, rule => rule.Periods);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Keys, Is.EquivalentTo(new[] { "DE", "CH" }));
            Assert.That(again["DE"].Single().MaxInWindow, Is.EqualTo(60));
            Assert.That(again["CH"], Is.Empty);
        }
    }

    [Test]
    public async Task Two_loads_at_the_same_moment_load_once()
    {
        await using var app = await Running.StartAsync(demo: true);
        await app.InDatabaseAsync(db => db.Database.ExecuteSqlAsync($"UPDATE seed_loads SET hash = 'older'"));

        var loaded = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            return await LoadSeed.RunAsync(scope.ServiceProvider.GetRequiredService<CatalogDb>(), SeedFiles.Load(demo: true), TimeProvider.System.GetUtcNow(), default);
        }));

        Assert.That(loaded.Count(yes => yes), Is.EqualTo(1));
    }

    [Test]
    public async Task Without_demo_no_fictional_center_is_shown_or_sold_and_turning_it_off_withdraws_them()
    {
        await using var demo = await Running.StartAsync(demo: true);
        await Eventually.That(() => demo.Received<OfferPublished>().Count == 243, "The seed was not announced.");

        await using var real = await Running.StartAsync(demo: false, demo.ConnectionString, demo.BrokerUri);

        var centers = await real.GetJsonAsync("/centers");
        var dental = await real.GetJsonAsync("/offers?line=dental");
        await Eventually.That(() => real.Received<OfferWithdrawn>().Count == 54, "Demo offers were not withdrawn."); // 18 endoscopy centers x 2, 3 dental clinics x 6
        using (Assert.EnterMultipleScope())
        {
            Assert.That(centers.GetArrayLength(), Is.EqualTo(28));
            Assert.That(centers.EnumerateArray().Select(center => center.GetProperty("demo").GetBoolean()), Has.None.True);
            Assert.That(dental.GetProperty("total").GetInt32(), Is.Zero);
            Assert.That(real.Received<OfferWithdrawn>().Select(offer => offer.Version), Is.All.EqualTo(2));
        }
    }

    private static async Task<long> OutboxDepthAsync(ServiceUnderTest<Program> app)
    {
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM outbox", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
