using System.Net;
using System.Net.Http.Json;
using MedTourism.Catalog.Offers;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Tests.Equipment;

public sealed class ChangeEquipmentStatusTests
{
    [Test]
    public async Task Closing_a_scanner_ends_instant_booking_on_it_and_opening_brings_it_back()
    {
        await using var app = await Running.StartAsync(demo: true);
        var offer = OfferId.Of("pet-fdg", "orhun-aktau");
        await Eventually.That(() => app.Received<OfferPublished>().Count == 243, "The seed was not announced.");
        await app.GetJsonAsync($"/offers/{offer}"); // so that an answer is kept

        using var closed = await PutAsync(app, "pet-aktau", new { status = "closed", basis = "maintenance until further notice" });
        Assert.That(closed.StatusCode, Is.EqualTo(HttpStatusCode.OK), await closed.Content.ReadAsStringAsync());
        await Eventually.That(() => app.Received<OfferPublished>().Any(message => message.OfferId == offer && message.Version == 2), "The new terms were not announced.");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await app.GetJsonAsync($"/offers/{offer}")).Text("mode"), Is.EqualTo("enquiry"));
            Assert.That((await app.GetJsonAsync("/offers?city=aktau&mode=instant&line=nuclear")).GetProperty("total").GetInt32(), Is.Zero);
            Assert.That(app.Received<OfferPublished>().Single(message => message.OfferId == offer && message.Version == 2), Has.Property("Mode").EqualTo("enquiry").And.Property("DepositMinor").Zero);
            Assert.That(app.Received<EquipmentStatusChanged>().Where(message => message.EquipmentId == "pet-aktau").Select(message => (message.Version, message.Status)),
                Is.EqualTo(new[] { (1L, "open"), (2L, "closed") }));
            Assert.That(app.Received<OfferPublished>(), Has.Count.EqualTo(244), "Only the offer on this scanner changed.");
        }

        using var open = await PutAsync(app, "pet-aktau", new { status = "open", basis = "back in service" });
        Assert.That((await app.GetJsonAsync($"/offers/{offer}")).Text("mode"), Is.EqualTo("instant"));
    }

    [Test]
    public async Task The_same_status_again_changes_no_version()
    {
        await using var app = await Running.StartAsync(demo: true);
        using var answer = await PutAsync(app, "pet-aktau", new { status = "open", basis = "seen in service" });
        var machine = await app.InDatabaseAsync(db => db.Equipment.SingleAsync(one => one.Id == "pet-aktau"));
        Assert.That((answer.StatusCode, machine.Version, machine.StatusBasis), Is.EqualTo((HttpStatusCode.OK, 1L, "seen in service")));
    }

    [Test]
    public async Task What_the_operator_decided_outlives_the_seed()
    {
        await using var app = await Running.StartAsync(demo: true);
        using var closed = await PutAsync(app, "pet-aktau", new { status = "closed", basis = "flood" });
        await app.InDatabaseAsync(db => db.Database.ExecuteSqlAsync($"UPDATE seed_loads SET hash = 'older'"));

        await using var again = await Running.StartAsync(demo: true, app.ConnectionString, app.BrokerUri);

        var machine = await again.InDatabaseAsync(db => db.Equipment.SingleAsync(one => one.Id == "pet-aktau"));
        Assert.That((machine.Status, machine.StatusBasis, machine.Version), Is.EqualTo(("closed", "flood", 2L)));
    }

    [TestCase("clinic", HttpStatusCode.Forbidden)]
    [TestCase(null, HttpStatusCode.Unauthorized)]
    public async Task Only_the_operator_may_do_it(string? kind, HttpStatusCode expected)
    {
        using var client = kind is null ? Running.App.ClientFor("none") : Running.App.ClientFor(Running.App.Tokens.For(sub: "s", org: Guid.NewGuid(), orgKind: kind, roles: ["admin"]));
        using var answer = await client.PutAsJsonAsync("/operator/equipment/pet-aktau/status", new { status = "closed", basis = "x" });
        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task Unknown_machines_and_states_are_refused()
    {
        using var unknown = await PutAsync(Running.App, "no-such-machine", new { status = "open", basis = "x" });
        using var wrong = await PutAsync(Running.App, "pet-aktau", new { status = "broken", basis = "x" });
        using var bare = await PutAsync(Running.App, "pet-aktau", new { status = "open" });
        Assert.That((unknown.StatusCode, wrong.StatusCode, bare.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity)));
    }

    private static async Task<HttpResponseMessage> PutAsync(ServiceUnderTest<Program> app, string id, object body)
    {
        using var client = app.ClientFor(app.Tokens.For(sub: "operator-1", org: Guid.NewGuid(), orgKind: "operator", roles: ["admin"]));
        return await client.PutAsJsonAsync($"/operator/equipment/{id}/status", body);
    }
}
