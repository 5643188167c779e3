using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MedTourism.TestKit;

namespace MedTourism.Benchmarks;

/// <summary>A service in a process of its own, from the Release build that the benchmarks project asks for.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts the build output of <paramref name="project"/> (its folder's name) and waits until it is ready.</summary>
    public static async Task<ServiceProcess> StartAsync(string project, Dictionary<string, string> settings, string health = "/health/ready", string? assembly = null, int? onPort = null)
    {
        var port = onPort ?? FreePort();
        var file = Path.Combine(TestServers.RepositoryRoot, "artifacts", "bin", project, "release", $"{assembly ?? "MedTourism." + project}.dll");
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"Build first: dotnet build -c Release tests/Benchmarks. There is no '{file}'.");
        }

        var start = new ProcessStartInfo("dotnet", [file])
        {
            WorkingDirectory = Path.GetDirectoryName(file),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Logging__LogLevel__Default"] = "Error";
        start.Environment.TryAdd("Booking__SecretKey", "a secret of these benchmarks, long enough");
        start.Environment.TryAdd("Identity__Authority", "http://127.0.0.1:1");
        foreach (var limit in (string[])["search", "write", "holds", "codes"])
        {
            start.Environment[$"Limits__{limit}"] = "100000000";
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var service = new ServiceProcess(process, new Uri($"http://127.0.0.1:{port}"));
        using var client = new HttpClient { BaseAddress = service.Address };
        await Eventually.That(() => ReadyAsync(client, health), $"{project} did not become ready", TimeSpan.FromSeconds(90));
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> ReadyAsync(HttpClient client, string health)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(health, UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
