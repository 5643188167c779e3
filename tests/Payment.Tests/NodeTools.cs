using System.Diagnostics;
using System.Text;
using MedTourism.TestKit;

namespace MedTourism.Payment.Tests;

/// <summary>Runs the scripts in <c>node/</c>, which use the official client.</summary>
internal static class NodeTools
{
    private static readonly string Folder = Path.Combine(TestServers.RepositoryRoot, "tests", "Payment.Tests", "node");

    private static readonly Lazy<Task> Installed = new(async () =>
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "stripe")))
        {
            await RunAsync("npm", ["ci", "--no-audit", "--no-fund"], string.Empty);
        }
    });

    public static async Task<string> ScriptAsync(string script, string input, params string[] arguments)
    {
        await Installed.Value;
        return await RunAsync("node", [script, .. arguments], input);
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
    }
}
