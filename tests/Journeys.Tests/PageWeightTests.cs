using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace MedTourism.Journeys.Tests;

/// <summary>What a first visit to a public page costs on the wire, as the published web sends it: HTML, styles and scripts, compressed.</summary>
internal sealed partial class PageWeightTests
{
    private const int MostHtml = 20_000;
    private const int MostStyles = 14_000;
    private const int MostScripts = 20_000;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });

    /// <summary>The landing page, a search without words (its fullest), an offer with its center, and the times of the offer.</summary>
    [Test]
    public async Task A_public_page_stays_in_its_budget([Values("en", "ru", "kk", "fr", "ar")] string culture)
    {
        var search = await WeighAsync($"/{culture}/find");
        var offer = OfferLink().Match(search).Groups[1].Value;
        Assert.That(offer, Is.Not.Empty, "the search page names no offer");
        await WeighAsync($"/{culture}");
        var center = CenterLink().Match(await WeighAsync(offer)).Groups[1].Value;
        Assert.That(center, Is.Not.Empty, "the offer's page names no center");
        await WeighAsync(center);
    }

    private static async Task<string> WeighAsync(string path)
    {
        var (html, size) = await FetchAsync(path);
        var (styles, scripts) = (0, 0);
        foreach (Match file in StyleLink().Matches(html))
        {
            styles += (await FetchAsync(file.Groups[1].Value)).Size;
        }

        foreach (Match file in ScriptSource().Matches(html))
        {
            scripts += (await FetchAsync(file.Groups[1].Value)).Size;
        }

        await TestContext.Out.WriteLineAsync($"{path}: HTML {size}, styles {styles}, scripts {scripts} bytes");
        Assert.Multiple(() =>
        {
            Assert.That(size, Is.LessThanOrEqualTo(MostHtml), $"HTML of {path}");
            Assert.That(styles, Is.InRange(1, MostStyles), $"styles of {path}");
            Assert.That(scripts, Is.InRange(1, MostScripts), $"scripts of {path}");
        });
        return html;
    }

    private static async Task<(string Text, int Size)> FetchAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(Market.Address("web")), WebUtility.HtmlDecode(path)));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        using var answer = await Http.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
        Assert.That(answer.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "br" }), $"{path} comes uncompressed");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        await using var brotli = new System.IO.Compression.BrotliStream(new MemoryStream(bytes), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(brotli);
        return (await reader.ReadToEndAsync(), bytes.Length);
    }

    [GeneratedRegex("""<link[^>]*rel="stylesheet"[^>]*href="([^"]+)""")]
    private static partial Regex StyleLink();

    [GeneratedRegex("""<script[^>]*\ssrc="([^"]+)""")]
    private static partial Regex ScriptSource();

    [GeneratedRegex("""href="(/[a-z]{2}/offers/[0-9a-f-]{36})""")]
    private static partial Regex OfferLink();

    [GeneratedRegex("""href="(/[a-z]{2}/centers/[^"?#]+)""")]
    private static partial Regex CenterLink();
}
