using MedTourism.Catalog.Seeding;

namespace MedTourism.Catalog.Tests.Seeding;

/// <summary>Facts stay with where they came from.</summary>
public sealed class SourcesTests
{
    private static readonly SeedFiles Seed = SeedFiles.Load(demo: true);

    [Test]
    public void Every_source_key_that_is_named_exists()
    {
        var known = Seed.Sources.Select(source => source.Key).ToHashSet();
        string[] named =
        [
            .. Seed.Centers.SelectMany(center => center.Sources),
            .. Seed.Centers.SelectMany(center => center.Facts).SelectMany(fact => fact.Sources),
            .. Seed.Equipment.SelectMany(machine => machine.Sources),
            .. Seed.Procedures.SelectMany(procedure => procedure.Sources),
            .. Seed.Patterns.SelectMany(pattern => pattern.Sources),
            .. Seed.Documents.SelectMany(document => document.Sources),
            .. Seed.Preparation.Select(step => step.Source).OfType<string>(),
            .. Seed.Screening.SelectMany(question => question.Sources),
            .. Seed.VisaRegimes.Select(regime => regime.Source).OfType<string>(),
            .. Seed.Holidays.SelectMany(day => day.Sources),
            Seed.Prices.Source,
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(named, Has.Length.GreaterThan(150));
            Assert.That(named.Where(key => !known.Contains(key)).Distinct(), Is.Empty);
            Assert.That(known, Has.Count.EqualTo(161));
        }
    }

    [Test]
    public void A_fact_of_a_real_center_names_a_source()
    {
        var facts = Seed.Centers.Where(center => !center.Demo).SelectMany(center => center.Facts.Select(fact => (center.Id, fact))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(facts, Has.Count.GreaterThan(30));
            Assert.That(facts.Where(one => one.fact.Sources.Length == 0).Select(one => one.Id), Is.Empty);
            Assert.That(Seed.Centers.Where(center => center.Sources.Length == 0).Select(center => center.Basis), Has.None.Null);
        }
    }

    [Test]
    public void What_has_no_source_says_so()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Seed.Preparation.Where(step => step.Source is null).Select(step => step.Basis), Is.All.EqualTo("general knowledge, unsourced").And.Not.Empty);
            Assert.That(Seed.VisaRegimes.Where(regime => regime.Source is null).Select(regime => regime.Basis), Is.All.EqualTo("general knowledge, unsourced").And.Not.Empty);
            Assert.That(Seed.Holidays.Where(day => !day.Official).Select(day => day.Basis), Is.All.Contains("not published").And.Not.Empty);
            Assert.That(Seed.Equipment.Where(machine => machine.Sources.Length == 0 && !machine.Demo).Select(machine => machine.StatusBasis), Is.All.Contains("assumed").And.Not.Empty);
        }
    }

    [Test]
    public void All_prices_are_marked_illustrative()
    {
        var ranges = Seed.Procedures.Select(procedure => procedure.PriceUsd).Where(range => range is not null).ToList();
        Assert.That(ranges, Has.Count.EqualTo(101));
        Assert.That(ranges.Select(range => range!.Basis), Is.All.EqualTo("illustrative"));
    }

    [Test]
    public void Every_question_is_put_in_five_languages_and_its_rule_is_known()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Seed.Screening, Has.Length.EqualTo(30));
            Assert.That(Seed.Screening.Select(question => question.Text.Keys.Order().ToArray()), Is.All.EqualTo(new[] { "ar", "en", "fr", "kk", "ru" }));
            Assert.That(Seed.Screening.SelectMany(question => question.OnlyFor.Values).SelectMany(ids => ids).Except(Seed.Procedures.Select(procedure => procedure.Id)), Is.Empty);
        }
    }
}
