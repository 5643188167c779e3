using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Seeding;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Tests.Offers;

public sealed class OfferTermsTests
{
    private static readonly SeedFiles Seed = SeedFiles.Load(demo: true);

    [Test]
    public void The_id_of_an_offer_is_the_same_everywhere() =>
        Assert.That(OfferId.Of("pet-fdg", "orhun-aktau"), Is.EqualTo(Guid.Parse("dd202d21-6b65-82f1-840d-26e4d1763a29")));

    [Test]
    public async Task Prices_stay_inside_the_range_of_the_procedure_and_carry_the_dated_rate()
    {
        var rows = await Running.App.InDatabaseAsync(db => db.Rows().ToListAsync());
        foreach (var row in rows.Where(row => row.Procedure.PriceUsd is not null))
        {
            var (usd, kzt) = (row.Offer.PriceUsdMinor!.Value / 100, row.Offer.PriceMinor!.Value / 100);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(usd, Is.InRange(row.Procedure.PriceUsd!.Min, row.Procedure.PriceUsd.Max), row.Procedure.Id);
                Assert.That(kzt % 1000, Is.Zero);
                Assert.That((double)kzt, Is.EqualTo(usd * 499.83).Within(500));
                Assert.That(row.Offer.PriceBasis, Is.EqualTo("illustrative"));
                Assert.That((row.Offer.RateSource, row.Offer.RateAsOf), Is.EqualTo(("fx", new DateOnly(2026, 3, 4))));
            }
        }

        Assert.That(rows.Count(row => row.Offer.PriceMinor is null), Is.EqualTo(rows.Count(row => row.Offer.Mode == "not-bookable")));
    }

    [Test]
    public async Task A_fifth_is_due_at_once_for_instant_offers_and_cycles_and_nothing_for_others()
    {
        var offers = await Running.App.InDatabaseAsync(db => db.Offers.AsNoTracking().ToListAsync());
        foreach (var offer in offers)
        {
            var expected = offer.Mode is "instant" or "cycle" ? Math.Max(10_000, Math.Round(offer.PriceMinor!.Value / 100 * 0.2 / 1000, MidpointRounding.AwayFromZero) * 1000) * 100 : 0;
            Assert.That((double)offer.DepositMinor, Is.EqualTo(expected), $"{offer.ProcedureId} at {offer.CenterId}");
        }
    }

    [Test]
    public async Task Only_centers_with_the_open_machine_sell_time_on_it()
    {
        var rows = await Running.App.InDatabaseAsync(db => db.Rows().ToListAsync());
        var machines = await Running.App.InDatabaseAsync(db => db.Equipment.AsNoTracking().ToListAsync());
        var instant = rows.Where(row => row.Offer.Mode == "instant").ToList();
        Assert.That(instant, Has.Count.GreaterThan(60));
        foreach (var row in instant)
        {
            Assert.That(
                row.Procedure.ResourceKinds.All(kind => machines.Exists(machine => machine.CenterId == row.Center.Id && machine.Kind == kind && machine.Status == "open")),
                Is.True,
                $"{row.Procedure.Id} at {row.Center.Id}");
            Assert.That(row.Procedure.BoardReview, Is.False, row.Procedure.Id);
        }
    }

    [Test]
    public async Task A_machine_that_is_not_open_leaves_no_instant_offer()
    {
        var machines = await Running.App.InDatabaseAsync(db => db.Equipment.AsNoTracking().Where(machine => machine.Status != "open").ToListAsync());
        var rows = await Running.App.InDatabaseAsync(db => db.Rows().ToListAsync());
        var affected = rows.Where(row => machines.Exists(machine => machine.CenterId == row.Center.Id && row.Procedure.ResourceKinds.Contains(machine.Kind))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(machines.Select(machine => machine.Id), Is.EquivalentTo(new[] { "hybrid-ncn", "tomo-karaganda", "endo-room-kazior", "endo-room-nnoc" }));
            Assert.That(affected.Select(row => row.Offer.Mode), Is.All.EqualTo("enquiry").And.Not.Empty);
        }
    }

    [TestCase("planned", "enquiry")]
    [TestCase("commissioning", "enquiry")]
    [TestCase("closed", "enquiry")]
    [TestCase("open", "instant")]
    public void The_state_of_the_machine_decides_the_mode(string status, string mode)
    {
        var machine = SeedFiles.Load(demo: true).Equipment.Single(one => one.Id == "pet-aktau");
        machine.Status = status;
        Assert.That(OfferTerms.ModeOf(Procedure("pet-fdg"), [machine]), Is.EqualTo(mode));
    }

    [Test]
    public void Blocking_questions_are_those_of_the_procedure()
    {
        var center = Seed.Centers.Single(one => one.Id == "orhun-aktau");
        var offer = OfferTerms.Of(Procedure("pet-fdg"), center, Seed.Equipment, Seed.Screening, Seed.Prices);
        Assert.That(offer.BlockingQuestions, Is.EqualTo(new[] { "pregnant", "breastfeeding" }));
    }

    private static Procedure Procedure(string id) => Seed.Procedures.Single(procedure => procedure.Id == id);
}
