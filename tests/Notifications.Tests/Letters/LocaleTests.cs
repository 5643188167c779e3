using System.Text.Json;
using System.Text.RegularExpressions;
using MedTourism.Notifications.Letters;
using MedTourism.Notifications.Tests.Support;

namespace MedTourism.Notifications.Tests.Letters;

public sealed partial class LocaleTests
{
    private static readonly Dictionary<string, string> English = Read("en");

    [Test]
    public void Five_languages_are_known_and_one_is_written_from_right_to_left() =>
        Assert.That(Texts.Cultures.Select(culture => (culture, Texts.For(culture).Direction)), Is.EquivalentTo(new[]
        {
            ("en", "ltr"), ("ru", "ltr"), ("kk", "ltr"), ("fr", "ltr"), ("ar", "rtl"),
        }));

    [TestCaseSource(typeof(Texts), nameof(Texts.Cultures))]
    public void Every_language_has_every_sentence_with_every_value(string culture)
    {
        var sentences = Read(culture);
        Assert.That(sentences.Keys, Is.EquivalentTo(English.Keys));
        foreach (var (key, sentence) in sentences)
        {
            Assert.That(sentence, Is.Not.Empty, key);
            Assert.That(Values(sentence), Is.EquivalentTo(Values(English[key])), key);
            Assert.That(culture != "en" && sentence == English[key] && Values(sentence).Length == 0 && key != "brand", Is.False, $"'{key}' is not translated");
        }
    }

    [TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public void A_translation_says_that_it_needs_a_native_review(string culture)
    {
        Assert.That(File(culture).GetValueOrDefault("_review"), Does.Contain("review"));
        Assert.That(() => Texts.For(culture)["_review"], Throws.InstanceOf<KeyNotFoundException>(), "The mark is no sentence of a letter.");
    }

    [TestCase("fr-CA", "fr")]
    [TestCase("KK", "kk")]
    [TestCase("de", "en")]
    [TestCase(null, "en")]
    public void A_language_without_texts_reads_english(string? asked, string given) => Assert.That(Texts.For(asked).Culture, Is.EqualTo(given));

    [TestCase("en", "Tuesday[,]? 1 December 2026", "1 December 2026, 10:00")]
    [TestCase("ru", "вторник, 1 декабря 2026 г.", "1 декабря 2026 г., 10:00")]
    [TestCase("kk", "2026 ж. 1 желтоқсан, сейсенбі", "2026 ж. 1 желтоқсан, 10:00")]
    [TestCase("fr", "mardi 1 décembre 2026", "1 décembre 2026, 10:00")]
    [TestCase("ar", "الثلاثاء، 1 ديسمبر 2026", "1 ديسمبر 2026، 10:00")]
    public void Dates_are_written_as_their_readers_do(string culture, string date, string moment)
    {
        var texts = Texts.For(culture);

        Assert.That(texts.Date(Samples.Start, Recipient.Kazakhstan).WithPlainSpaces(), Does.Match($"^{date}$"));
        Assert.That(texts.Moment(Samples.Start, Recipient.Kazakhstan), Is.EqualTo(moment));
    }

    [TestCase(4_300_000, "KZT", "43,000\u00A0₸")]
    [TestCase(123_456, "USD", "1,234.56\u00A0$")]
    [TestCase(5_000, "JPY", "5,000\u00A0JPY")]
    public void Money_has_the_decimals_of_its_currency(long minor, string currency, string expected) =>
        Assert.That(Texts.For("en").Money(minor, currency), Is.EqualTo(expected));

    private static string[] Values(string sentence) => [.. Placeholder().Matches(sentence).Select(match => match.Value)];

    /// <summary>The sentences; what begins with an underscore is said to translators.</summary>
    private static Dictionary<string, string> Read(string culture) => File(culture).Where(pair => !pair.Key.StartsWith('_')).ToDictionary();

    private static Dictionary<string, string> File(string culture)
    {
        using var file = typeof(Texts).Assembly.GetManifestResourceStream($"MedTourism.Notifications.Locales.{culture}.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(file)!;
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}
