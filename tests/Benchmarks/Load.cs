using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MedTourism.Benchmarks;

/// <summary>The generators: asynchronous clients, wrk for HTTP and pgbench for the floor in plain SQL; the latter two run in one thread outside of .NET.</summary>
internal static partial class Load
{
    /// <summary>Runs <paramref name="operation"/> from so many clients without pause. Returns completed operations per second.</summary>
    public static async Task<double> RunAsync(int clients, TimeSpan time, Func<int, CancellationToken, Task> operation, CancellationToken ct)
    {
        var done = 0L;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(
            async () =>
            {
                while (clock.Elapsed < time)
                {
                    await operation(client, ct);
                    Interlocked.Increment(ref done);
                }
            },
            ct)));
        return done / clock.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// pgbench with prepared statements over TCP, as the services connect. Returns transactions per second. It takes every colon before a letter or
    /// digit for a variable, inside quotes too.
    /// </summary>
    public static async Task<double> PgbenchAsync(string connectionString, string script, int clients, TimeSpan time, CancellationToken ct)
    {
        var target = new Npgsql.NpgsqlConnectionStringBuilder(connectionString);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script, ct);
        try
        {
            var start = new ProcessStartInfo("pgbench")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "-n", "-M", "prepared", "-h", target.Host!, "-p", target.Port.ToString(CultureInfo.InvariantCulture), "-U", target.Username!,
                    "-c", clients.ToString(CultureInfo.InvariantCulture), "-j", "1", "-T", Math.Max(1, (int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                    "-f", file, target.Database!,
                },
            };
            start.Environment["PGPASSWORD"] = target.Password ?? string.Empty;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(ct);
            var output = await process.StandardOutput.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return TpsLine().Match(output) is { Success: true } match
                ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench said: {output}{await errors}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// wrk from so many connections without pause; <paramref name="script"/> (Lua) makes the requests. Returns requests per second.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something was answered with another status than 2xx, or not at all.</exception>
    public static async Task<double> WrkAsync(Uri target, int clients, TimeSpan time, CancellationToken ct, string? script = null)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script ?? string.Empty, ct);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("wrk")
            {
                RedirectStandardOutput = true,
                ArgumentList =
                {
                    "-t", "1", "-c", clients.ToString(CultureInfo.InvariantCulture), "-d", $"{Math.Max(1, (int)time.TotalSeconds)}s", "-s", file, target.AbsoluteUri,
                },
            })!;
            var output = await process.StandardOutput.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return !output.Contains("Non-2xx", StringComparison.Ordinal) && !output.Contains("Socket errors", StringComparison.Ordinal)
                && Requests().Match(output) is { Success: true } match
                ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException(output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Requests();

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex TpsLine();
}
