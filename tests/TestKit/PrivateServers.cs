using System.Diagnostics;

namespace MedTourism.TestKit;

/// <summary>
/// PostgreSQL and RabbitMQ from the machine's own binaries, through <c>infra/local/test-servers</c>. That script ends them when its standard input
/// closes, which the kernel does however this process dies.
/// </summary>
internal static class PrivateServers
{
    // Kept so that the pipe stays open for as long as the process lives.
    private static Process? _script;

    public static async Task<Addresses> StartAsync(string repositoryRoot)
    {
        // In its own session, so that Ctrl+C on the tests does not end the servers under tests that are still tidying up.
        _script = Process.Start(new ProcessStartInfo("setsid", ["--wait", Path.Combine(repositoryRoot, "infra", "local", "test-servers")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("'setsid' did not start.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await _script.StandardOutput.ReadLineAsync() is { } line && line != "ready")
        {
            var parts = line.Split('=', 2);
            values[parts[0]] = parts[1];
        }

        return values.Count == 3
            ? new Addresses(values["TEST_POSTGRES"], values["TEST_RABBITMQ"], values["TEST_RABBITMQ_MANAGEMENT"])
            : throw new InvalidOperationException("The test servers did not start; the reason is on standard error. Run infra/test once: it installs what is missing.");
    }
}
