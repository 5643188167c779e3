using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MedTourism.Web.Locales;

namespace MedTourism.Web.Tests;

/// <summary>Every sentence exists in every language, with the same arguments and all its plural forms.</summary>
public sealed partial class MessagesTests
{
    private static readonly string[] Translations = ["ru", "kk", "fr", "ar"];

    private static readonly Messages All = new();

    [TestCaseSource(nameof(Translations))]
    public void A_translation_has_the_keys_of_English(string language) =>
        Assert.That(All.Of(language).Keys, Is.EquivalentTo(All.Of("en").Keys));

    [TestCaseSource(nameof(Translations))]
    public void A_translation_uses_the_arguments_of_English(string language)
    {
        // A plural form may spell its number ("one day" without the figure), so only the names matter, not how often they stand there.
        var different = All.Of("en").Where(pair => !pair.Value.Names().Select(Bare).Distinct().SequenceEqual(All.Of(language)[pair.Key].Names().Select(Bare).Distinct())).Select(pair => pair.Key);

        Assert.That(different, Is.Empty);

        static string Bare(string name) => name.Split(':')[0];
    }

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public void A_plural_has_every_form_of_its_language(string language)
    {
        var incomplete = All.Of(language)
            .Where(pair => pair.Value.PluralBranches().Any(branches => PluralRules.Categories[language].Except(branches).Any()))
            .Select(pair => pair.Key);

        Assert.That(incomplete, Is.Empty);
    }

    [TestCaseSource(nameof(Translations))]
    public void No_English_is_left(string language)
    {
        var english = Messages.Read("en");
        var left = Messages.Read(language)
            .Where(pair => Words().IsMatch(Argument().Replace(english[pair.Key], "")))
            .Where(pair => language switch
            {
                // One or two words may be the same in both: "Documents".
                "fr" => pair.Value == english[pair.Key] && Argument().Replace(pair.Value, "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 2,
                "ar" => !Arabic().IsMatch(pair.Value),
                _ => !Cyrillic().IsMatch(pair.Value),
            } || EnglishWords().IsMatch(Argument().Replace(pair.Value, "")))
            .Select(pair => $"{pair.Key}: {pair.Value}");

        Assert.That(left, Is.Empty);
    }

    [TestCaseSource(nameof(Translations))]
    public void A_translation_says_that_it_needs_a_native_review(string language)
    {
        var assembly = typeof(Messages).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith($"Locales/{language}/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            Assert.That(JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!.GetValueOrDefault("_review"), Does.Contain("review"), name);
        }
    }

    [TestCase("{n, plural, =0 {none} one {# day} other {# days}}", 0, "none")]
    [TestCase("{n, plural, =0 {none} one {# day} other {# days}}", 1, "1 day")]
    [TestCase("{n, plural, =0 {none} one {# day} other {# days}}", 7, "7 days")]
    [TestCase("it''s '{n}' or {n}", 5, "it's {n} or 5")]
    [TestCase("{n, select, 3 {three} other {{n} it is}}", 3, "three")]
    [TestCase("{n, select, 3 {three} other {{n} it is}}", 4, "4 it is")]
    [TestCase("# stays outside plurals", 4, "# stays outside plurals")]
    public void A_message_is_written(string source, int n, string expected)
    {
        var text = new StringBuilder();
        Message.Parse(source).Write(text, "en", new Dictionary<string, object?> { ["n"] = n }, words => words, value => $"{value}");

        Assert.That(text.ToString(), Is.EqualTo(expected));
    }

    [TestCase("{n, plural, one {x}}")]
    [TestCase("{n")]
    [TestCase("{n, date, other {x}}")]
    public void A_broken_message_is_refused(string source) =>
        Assert.That(() => Message.Parse(source), Throws.InstanceOf<FormatException>());

    [GeneratedRegex(@"\{[^{}]*\}|\[[^\]]*\]|#|[a-z]+@[a-z.]+|KZ-4F7Q-92")]
    private static partial Regex Argument();

    [GeneratedRegex("[A-Za-z]{3,}")]
    private static partial Regex Words();

    [GeneratedRegex(@"\p{IsCyrillic}")]
    private static partial Regex Cyrillic();

    [GeneratedRegex(@"\p{IsArabic}")]
    private static partial Regex Arabic();

    [GeneratedRegex(@"\b(the|and|your|with|this|is|are|was|not|you|of|at|by|it)\b", RegexOptions.IgnoreCase)]
    private static partial Regex EnglishWords();
}
