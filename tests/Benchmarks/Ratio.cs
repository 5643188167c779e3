using System.Globalization;

namespace MedTourism.Benchmarks;

/// <summary>One side of a comparison: does its work for about the given time and returns operations per second (or 1/latency).</summary>
internal delegate Task<double> Side(TimeSpan time, CancellationToken ct);

/// <summary>Median and quartiles of the pairwise ratios, with the gate they are judged by.</summary>
internal sealed record RatioResult(string Id, string What, double Median, double Low, double High, double Gate, bool Smaller, double Floor, double FloorSpread, int Pairs, string Unit = "/s")
{
    /// <summary>Judged on the quartile nearer to the gate; a floor that swings by more than half cannot be judged on.</summary>
    public string Verdict => FloorSpread > 0.5 ? "not judged: the floor is too noisy"
        : (Smaller ? High <= Gate : Low >= Gate) ? "reached"
        : (Smaller ? Median <= Gate : Median >= Gate) ? "median only" : "missed";

    public string Row() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Id} | {What} | {Median:0.00} ({Low:0.00}–{High:0.00}) | {(Smaller ? "≤" : "≥")} {Gate:0.00} | {(Floor > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Floor:#,0.##}{Unit}") : "–")} | {Verdict} |");
}

/// <summary>
/// Compares two sides in ABBA order, so that what slows the machine down slows both. Absolute numbers of a shared two-core machine vary by a
/// quarter and more; the ratio of neighbours does not.
/// </summary>
internal static class Ratio
{
    public static async Task<RatioResult> MeasureAsync(
        string id, string what, double gate, Side numerator, Side floor, BenchmarkOptions options, CancellationToken ct, bool smaller = false, string unit = "/s")
    {
        await numerator(options.WarmUp, ct);
        await floor(options.WarmUp, ct);
        List<double> ratios = [], floors = [];
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            double above, below;
            if (pair % 2 == 0)
            {
                above = await numerator(options.Time, ct);
                below = await floor(options.Time, ct);
            }
            else
            {
                below = await floor(options.Time, ct);
                above = await numerator(options.Time, ct);
            }

            ratios.Add(above / below);
            floors.Add(below);
        }

        ratios.Sort();
        floors.Sort();
        return new RatioResult(
            id, what, Quantile(ratios, 0.5), Quantile(ratios, 0.25), Quantile(ratios, 0.75), gate, smaller,
            Quantile(floors, 0.5), (Quantile(floors, 0.75) - Quantile(floors, 0.25)) / Quantile(floors, 0.5), options.Pairs, unit);
    }

    public static double Quantile(List<double> sorted, double q)
    {
        var position = (sorted.Count - 1) * q;
        var low = (int)position;
        return low + 1 < sorted.Count ? sorted[low] + ((position - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }
}

internal sealed record BenchmarkOptions(int Pairs, TimeSpan Time, TimeSpan WarmUp, int Clients)
{
    // The warm-up is long enough for the service's code to be compiled a second time, with what was learnt while it ran.
    public static BenchmarkOptions Full { get; } = new(12, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(75), 8);

    public static BenchmarkOptions Short { get; } = new(4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), 8);
}
