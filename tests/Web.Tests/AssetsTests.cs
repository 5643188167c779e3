using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace MedTourism.Web.Tests;

/// <summary>Styles work in both directions of writing, and nobody waits for bytes.</summary>
public sealed partial class AssetsTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../web/wwwroot"));

    [TestCase("css/site.css"), TestCase("css/console.css")]
    public void Only_logical_properties_are_used(string path)
    {
        var physical = Physical().Matches(Comment().Replace(File.ReadAllText(Path.Combine(Root, path)), "")).Select(match => match.Value.Trim());

        Assert.That(physical, Is.Empty);
    }

    /// <summary>A summary that is not shown can open nothing: only a browser that shows the rest by itself may hide it.</summary>
    [Test]
    public void A_browser_without_details_content_keeps_what_opens_a_part()
    {
        var hidden = Directory.EnumerateFiles(Path.Combine(Root, "css")).SelectMany(File.ReadAllLines).Where(line => Summary().IsMatch(line));

        Assert.That(hidden.Where(line => !line.Contains("@supports selector(::details-content)", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("css/site.css", 14_000)]
    [TestCase("css/console.css", 6_000)]
    public void A_style_sheet_stays_in_its_budget(string path, int most) => Assert.That(Brotli(File.ReadAllBytes(Path.Combine(Root, path))), Is.LessThanOrEqualTo(most));

    [Test]
    public void The_scripts_of_a_patient_page_stay_in_their_budget() =>
        Assert.That(new[] { "lib/htmx.min.js", "js/site.js" }.Sum(path => Brotli(File.ReadAllBytes(Path.Combine(Root, path)))), Is.LessThanOrEqualTo(20_000));

    public static int Brotli(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            brotli.Write(content);
        }

        return (int)packed.Length;
    }

    [GeneratedRegex(@"summary \{ display: none")]
    private static partial Regex Summary();

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<=[{;\s])(left|right|(margin|padding|border)-(left|right|top|bottom)(-[a-z]+)?|width|height|(min|max)-(width|height)|top|bottom|text-align\s*:\s*(left|right)|float\s*:\s*(left|right)|border-(top|bottom)-(left|right)-radius)\s*:(?![^{};]*\))")]
    private static partial Regex Physical();
}
