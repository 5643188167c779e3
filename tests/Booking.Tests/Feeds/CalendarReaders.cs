using System.Diagnostics;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Booking.Tests.Feeds;

/// <summary>What two calendar libraries nobody here wrote, ical.js and python3-icalendar, understand of our files.</summary>
public static class CalendarReaders
{
    private static readonly string Folder = Path.Combine(TestServers.RepositoryRoot, "tests", "Booking.Tests", "node");
    // Debian's own, which has the package; another one may come first on the path.
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<Task> Installed = new(InstallAsync);

    public sealed record Told(string Uid, int Sequence, string Status, string Summary, string? Location, DateTimeOffset Start, DateTimeOffset End);

    /// <summary>What both say; the test fails if they do not agree.</summary>
    public static async Task<IReadOnlyList<Told>> ReadAsync(string file)
    {
        await Installed.Value;
        var (byJavaScript, byPython) = (Parse(await RunAsync("node", "read.mjs", file)), Parse(await RunAsync(Python, "read.py", file)));
        Assert.That(byPython, Is.EqualTo(byJavaScript), "python3-icalendar and ical.js read the same");
        return byJavaScript;
    }

    private static Told[] Parse(string json) => JsonSerializer.Deserialize<Told[]>(json, JsonSerializerOptions.Web)!;

    private static async Task InstallAsync()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "ical.js")))
        {
            await RunAsync("npm", "ci --no-audit --no-fund --ignore-scripts --loglevel=error", "");
        }
    }

    private static async Task<string> RunAsync(string program, string arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {arguments} failed: {await errors}");
    }
}
