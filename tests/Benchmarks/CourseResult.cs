using System.Globalization;

namespace MedTourism.Benchmarks;

/// <summary>Figures of one policy on one instance: days are calendar days, <c>Late</c> is all patients and then priorities 1 to 4.</summary>
internal sealed record CourseResult(
    string Setting, string Name, string Policy, double Wait, double[] Late, double Seconds, double ProcessorSeconds, int Faults)
{
    public const string Ours = "ours";

    /// <summary>The rows of <c>published.csv</c> in the folder of the instances or the one above it; none without such a file.</summary>
    public static IReadOnlyList<CourseResult> ReadPublished(string instances)
    {
        var file = new[] { instances, Path.Combine(instances, "..") }.Select(folder => Path.Combine(folder, "published.csv")).FirstOrDefault(File.Exists);
        return file is null ? [] : [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(';')).Select(cells => new CourseResult(
            cells[0], $"{cells[0]}-{cells[1]}", cells[2], Number(cells[4]), [.. cells[9..14].Select(Number)], Number(cells[14]), 0, 0))];
    }

    public static string Row(string setting, string policy, IReadOnlyList<CourseResult> results)
    {
        string Mean(Func<CourseResult, double> value) => results.Average(value).ToString("0.00", CultureInfo.InvariantCulture);
        var late = string.Join(" | ", Enumerable.Range(0, 5).Select(group => Mean(result => result.Late[group])));
        var processor = policy == Ours
            ? string.Create(CultureInfo.InvariantCulture, $" (processor: {Mean(result => result.ProcessorSeconds)}, {results.Max(result => result.ProcessorSeconds):0.00})")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {setting} | {policy} | {results.Count} | {Mean(result => result.Wait)} | {late} | {Mean(result => result.Seconds)} | {results.Max(result => result.Seconds):0.00}{processor} | {results.Sum(result => result.Faults)} |");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
