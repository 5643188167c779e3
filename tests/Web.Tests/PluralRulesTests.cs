using System.Diagnostics;
using System.Text.Json;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Tests;

/// <summary>The generated rules against another implementation of CLDR: the one in the JavaScript engine.</summary>
public sealed class PluralRulesTests
{
    private static readonly decimal[] Numbers = [.. Enumerable.Range(0, 201).Select(n => (decimal)n), 1.5m, 2.5m, 1000m, 1_000_000m, 1_000_001m];

    private static readonly Lazy<Dictionary<string, string[]>> Expected = new(() =>
    {
        var script = $$"""
            const numbers = [{{string.Join(',', Numbers.Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)))}}];
            const answer = {};
            for (const culture of ['en', 'ru', 'kk', 'fr', 'ar']) { const rules = new Intl.PluralRules(culture); answer[culture] = numbers.map(n => rules.select(n)); }
            console.log(JSON.stringify(answer));
            """;
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script]) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.That(node.ExitCode, Is.Zero);
        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(output)!;
    });

    [TestCase("en"), TestCase("ru"), TestCase("kk"), TestCase("fr"), TestCase("ar")]
    public void Every_number_has_the_category_the_browser_gives_it(string language)
    {
        var ours = Numbers.Select(number => PluralRules.Category(language, number)).ToArray();

        Assert.That(ours, Is.EqualTo(Expected.Value[language]));
    }

    [Test]
    public void Every_language_of_the_site_has_rules() =>
        Assert.That(PluralRules.Categories.Keys, Is.EquivalentTo(Cultures.All.Select(language => language.Code)));
}
