using System.Diagnostics;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Notifications.Tests.Support;

/// <summary>What ical.js, a calendar library nobody here wrote, understands of our files.</summary>
public static class IcalJs
{
    private static readonly string Folder = Path.Combine(TestServers.RepositoryRoot, "tests", "Notifications.Tests", "node");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    public sealed record Told(
        string Method, int Events, string Uid, int Sequence, string Status, string Summary, string? Location, string Description, string Url,
        DateTimeOffset Start, DateTimeOffset End, string Tzid, string? Alarm);

    public static async Task<IReadOnlyList<Told>> ReadAsync(IEnumerable<string> files)
    {
        await Installed.Value;
        var output = await RunAsync("node", "parse.mjs", JsonSerializer.Serialize(files));
        return JsonSerializer.Deserialize<Told[]>(output, JsonSerializerOptions.Web)!;
    }

    private static async Task InstallAsync()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "ical.js")))
        {
            await RunAsync("npm", "ci --no-audit --no-fund --loglevel=error", "");
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
