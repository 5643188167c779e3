using MassTransit;
using MedTourism.Booking.Demo;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests.Demo;

public sealed class SeedDemoTests
{
    private const string OpenResources = "SELECT count(*)::int AS \"Value\" FROM resources WHERE status = 'open'";

    [Test]
    public async Task A_demonstration_fills_its_calendars_once_and_consistently()
    {
        await using var app = await ServiceUnderTest<Program>.StartAsync("booking-demo", new Dictionary<string, string?> { ["Demo"] = "true", ["Booking:SecretKey"] = Running.SecretKey });
        for (var i = 0; i < 7; i++)
        {
            var center = $"demo-center-{i}";
            foreach (var (kind, lanes) in new[] { ("mri", 2), ("linac", 1) })
            {
                await app.PublishAsync(new EquipmentStatusChanged($"{kind}-{i}", 1, center, "almaty", Market.Zone, kind, kind, "open", lanes, 60, true, Market.Now));
            }

            foreach (var (name, kinds) in new[] { ("scan", new[] { "mri" }), ("talk", ["consulting-room"]), ("both", ["mri", "consulting-room"]) })
            {
                await app.PublishAsync(new OfferPublished(
                    Guid.NewGuid(), 1, name, new() { ["en"] = name }, "diagnostics", center, new() { ["en"] = center }, "almaty", Market.Zone, "instant", 60, kinds,
                    1000, 100, "KZT", [new(24, 100)], [], true, Market.Now));
            }
        }

        await Eventually.That(async () => await CountAsync(app, "SELECT count(*)::int AS \"Value\" FROM demo_seeds") == 1, "The demonstration was not made.", TimeSpan.FromSeconds(60));
        Assert.That(await CountAsync(app, OpenResources), Is.EqualTo(28), "a consulting room was made for each center");
        var bookings = await CountAsync(app, "SELECT count(*)::int AS \"Value\" FROM bookings");
        Assert.That(bookings, Is.GreaterThan(2000));
        Assert.That(await CountAsync(app, "SELECT count(*)::int AS \"Value\" FROM bookings WHERE NOT demo OR reference !~ '^KZ-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2}$'"), Is.Zero);
        Assert.That(await CountAsync(app, "SELECT count(*)::int AS \"Value\" FROM booking_people WHERE given_names = 'Demo' AND family_name LIKE 'Patient %'"), Is.EqualTo(bookings));
        Assert.That(await CountAsync(app, "SELECT count(DISTINCT state)::int AS \"Value\" FROM bookings"), Is.EqualTo(5));
        Assert.That(
            await CountAsync(app, "SELECT count(*)::int AS \"Value\" FROM bookings b WHERE (state = 'confirmed') <> ((SELECT count(*) FROM allocations a WHERE a.booking_id = b.id) = cardinality(resource_kinds))"),
            Is.Zero, "every confirmed visit has all its resources, no other has any");
        var percent = await CountAsync(
            app, "SELECT (100 * sum(extract(epoch FROM ends_at - starts_at)) / (40 * 36000 * count(DISTINCT resource_id)))::int AS \"Value\" FROM allocations");
        Assert.That(percent, Is.InRange(45, 75));
        await Eventually.That(() => app.Received<BookingConfirmed>().Count == 4 && app.Received<PatientContactGiven>().Count == 4, "Four letters were to be written.");

        await using var scope = app.Services.CreateAsyncScope();
        var again = await SeedDemo.RunOnceAsync(
            scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), CancellationToken.None);
        Assert.That(again, Is.Zero);
        Assert.That(app.Received<BookingPlaced>(), Is.Empty);
    }

    private static async Task<int> CountAsync(ServiceUnderTest<Program> app, string sql)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BookingDb>().Database.SqlQueryRaw<int>(sql.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)).SingleAsync();
    }
}
