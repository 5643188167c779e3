using MedTourism.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks [-- booking catalog journey messaging million repair pages] [--short]
if (args is ["bare", var file, var port])
{
    await CatalogBenchmarks.ServeAsync(file, int.Parse(port));
    return;
}

// dotnet run -c Release --project tests/Benchmarks -- courses INSTANCE_DIR OUT_DIR [--chart FILE]
if (args is ["courses", var instances, var output, .. var rest])
{
    Environment.ExitCode = CourseBenchmark.Run(instances, output, rest is ["--chart", var chart] ? chart : null);
    return;
}

var options = args.Contains("--short") ? BenchmarkOptions.Short : BenchmarkOptions.Full;
var chosen = args.Where(argument => !argument.StartsWith('-')).ToHashSet();
Dictionary<string, Func<CancellationToken, Task<IReadOnlyList<RatioResult>>>> all = new()
{
    ["booking"] = new BookingBenchmarks(options).RunAsync,
    ["catalog"] = new CatalogBenchmarks(options).RunAsync,
    ["journey"] = new JourneyBenchmark(options).RunAsync,
    ["million"] = new MillionBenchmark(options).RunAsync,
    ["messaging"] = new MessagingBenchmarks(options).RunAsync,
    ["courseplan"] = new CoursePlanBenchmark(options).RunAsync,
    ["repair"] = new RepairBenchmark(options).RunAsync,
    ["pages"] = new PagesBenchmark(options).RunAsync,
};
List<RatioResult> results = [];
foreach (var (name, run) in all.Where(entry => chosen.Count == 0 || chosen.Contains(entry.Key)))
{
    Console.Error.WriteLine($"{name} …");
    results.AddRange(await run(CancellationToken.None));
}

Console.WriteLine("| Id | What | Ratio: median (quartiles) | Gate | Floor | Verdict |");
Console.WriteLine("|---|---|---|---|---|---|");
foreach (var result in results.OrderBy(result => result.Id, StringComparer.Ordinal))
{
    Console.WriteLine(result.Row());
}

Environment.ExitCode = results.Any(result => result.Verdict == "missed") ? 1 : 0;
