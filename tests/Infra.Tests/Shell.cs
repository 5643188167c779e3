using System.Diagnostics;
using MedTourism.TestKit;

namespace MedTourism.Infra.Tests;

/// <summary>Runs a command to its end, as a person in a terminal would.</summary>
internal static class Shell
{
    public sealed record Outcome(int Code, string Output);

    public static async Task<Outcome> RunAsync(
        string command, IEnumerable<string> arguments, string? folder = null, string? input = null, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder ?? TestServers.RepositoryRoot,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output + await errors);
    }
}
