using MedTourism.Payment.Money;

namespace MedTourism.Payment.Tests.Money;

public sealed class ProviderAmountTests
{
    private static readonly string[] Whole = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly string[] Thousandths = ["BHD", "JOD", "KWD", "OMR", "TND"];

    [TestCaseSource(nameof(Whole))]
    public void Whole_unit_currencies_are_sent_as_they_are(string code) =>
        Assert.That(ProviderAmount.FromMinor(5, code), Is.EqualTo(5));

    [TestCase("KZT")]
    [TestCase("USD")]
    [TestCase("EUR")]
    [TestCase("HUF")]
    [TestCase("TWD")]
    [TestCase("RUB")]
    public void Currencies_with_hundredths_are_sent_in_hundredths(string code) =>
        Assert.That(ProviderAmount.FromMinor(150_001, code), Is.EqualTo(150_001));

    [TestCase("UGX")]
    [TestCase("ISK")]
    public void Two_whole_unit_currencies_are_sent_times_a_hundred(string code) =>
        Assert.Multiple(() =>
        {
            Assert.That(ProviderAmount.FromMinor(5, code), Is.EqualTo(500));
            Assert.That(ProviderAmount.ToMinor(500, code), Is.EqualTo(5));
            Assert.That(() => ProviderAmount.ToMinor(501, code), Throws.TypeOf<AmountNotPayableException>());
        });

    [TestCaseSource(nameof(Thousandths))]
    public void Thousandths_must_end_in_zero(string code) =>
        Assert.Multiple(() =>
        {
            Assert.That(ProviderAmount.FromMinor(5_120, code), Is.EqualTo(5_120));
            Assert.That(() => ProviderAmount.FromMinor(5_124, code), Throws.TypeOf<AmountNotPayableException>());
        });

    [Test]
    public void Ariary_is_sent_in_whole_units() =>
        Assert.Multiple(() =>
        {
            Assert.That(ProviderAmount.FromMinor(500, "MGA"), Is.EqualTo(5));
            Assert.That(() => ProviderAmount.FromMinor(501, "MGA"), Throws.TypeOf<AmountNotPayableException>());
        });

    [Test]
    public void Every_payable_amount_of_every_currency_comes_back_unchanged()
    {
        var random = new Random(20261122);
        Assert.That(Currency.All, Has.Count.GreaterThan(140));
        foreach (var currency in Currency.All)
        {
            for (var i = 0; i < 200; i++)
            {
                // A multiple of 100 is payable everywhere.
                var minor = random.NextInt64(1, 1_000_000_000) * 100;
                Assert.That(ProviderAmount.ToMinor(ProviderAmount.FromMinor(minor, currency.Code), currency.Code), Is.EqualTo(minor), currency.Code);
            }
        }
    }

    [TestCase("XXX")]
    [TestCase("kzt")]
    [TestCase("")]
    public void Unknown_currencies_are_refused(string code) =>
        Assert.That(() => ProviderAmount.FromMinor(100, code), Throws.TypeOf<AmountNotPayableException>());

    [Test]
    public void An_amount_too_large_is_refused_rather_than_wrapped() =>
        Assert.That(() => ProviderAmount.FromMinor(long.MaxValue / 2, "UGX"), Throws.TypeOf<OverflowException>());
}
