using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MedTourism.TestKit;

namespace MedTourism.Benchmarks;

/// <summary>
/// How long the web takes to begin its answer for the first pages of a journey, in milliseconds: published, with its services and databases behind it
/// (a market that <c>infra/up --wait</c> started in this checkout), one visitor at a time. The quartiles of the row are the fastest and the 95th percentile.
/// </summary>
internal sealed partial class PagesBenchmark(BenchmarkOptions options)
{
    private const double Gate = 200;

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        var file = Path.Combine(TestServers.RepositoryRoot, ".medtourism", "endpoints.json");
        if (!File.Exists(file))
        {
            throw new InvalidOperationException("Start a market first: infra/up --wait");
        }

        using var endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(file, ct));
        using var http = new HttpClient { BaseAddress = new Uri(endpoints.RootElement.GetProperty("web").GetString()!) };
        var offer = OfferLink().Match(await http.GetStringAsync(new Uri("/en/find", UriKind.Relative), ct)).Groups[1].Value;
        return
        [
            await MeasureAsync(http, "W1", "landing page, kept for all", _ => "/en", ct),
            await MeasureAsync(http, "W2", "search, other words each time", i => string.Create(CultureInfo.InvariantCulture, $"/en/find?q=tomotherapy+{i}"), ct),
            await MeasureAsync(http, "W3", "free times of an offer", _ => $"{offer}/times", ct),
        ];
    }

    private async Task<RatioResult> MeasureAsync(HttpClient http, string id, string name, Func<int, string> path, CancellationToken ct)
    {
        var runs = options.Pairs * 25;
        List<double> times = [];
        for (var i = -20; i < runs; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path(i));
            request.Headers.Add("X-Forwarded-For", string.Create(CultureInfo.InvariantCulture, $"10.9.{i & 255}.{(i >> 8) & 255}"));
            var clock = Stopwatch.StartNew();
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var time = clock.Elapsed.TotalMilliseconds;
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(ct);
            if (i >= 0)
            {
                times.Add(time);
            }
        }

        times.Sort();
        return new RatioResult(
            id, $"first byte: {name} (ms: p50, fastest–p95)", Ratio.Quantile(times, 0.5), times[0], Ratio.Quantile(times, 0.95), Gate, true,
            1000 / Ratio.Quantile(times, 0.5), 0, runs);
    }

    [GeneratedRegex("""href="(/[a-z]{2}/offers/[0-9a-f-]{36})""")]
    private static partial Regex OfferLink();
}
