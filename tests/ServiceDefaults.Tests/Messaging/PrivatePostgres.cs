using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Messaging;

/// <summary>A durable PostgreSQL for one test, started by <c>infra/local/postgres</c>, that can be crashed and comes back on the same port.</summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private readonly string _folder;
    private readonly int _port;
    private Process? _server;

    private PrivatePostgres(string folder, int port) => (_folder, _port) = (folder, port);

    public string ConnectionString =>
        $"Host=127.0.0.1;Port={_port.ToString(CultureInfo.InvariantCulture)};Username=postgres;Database=postgres;Timeout=5;Maximum Pool Size=60";

    public static async Task<PrivatePostgres> StartAsync(CancellationToken ct)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var folder = Directory.CreateTempSubdirectory("medtourism-chaos-");
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        var postgres = new PrivatePostgres(folder.FullName, port);
        await postgres.UpAsync(ct);
        return postgres;
    }

    /// <summary>Crashes the server under whatever it is doing, and starts it again.</summary>
    public async Task CrashAsync(CancellationToken ct)
    {
        await QuitAsync(ct);
        await UpAsync(ct);
    }

    public async Task UpAsync(CancellationToken ct)
    {
        var script = Path.Combine(TestServers.RepositoryRoot, "infra", "local", "postgres");
        _server = Process.Start(new ProcessStartInfo(script, [Path.Combine(_folder, "postgres"), _port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _server.BeginErrorReadLine();
        _server.BeginOutputReadLine();
        await Eventually.That(AnswersAsync, "PostgreSQL did not come up", TimeSpan.FromSeconds(40));
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>SIGQUIT is what "pg_ctl stop -m immediate" sends: no checkpoint, recovery at the next start.</summary>
    public async Task QuitAsync(CancellationToken ct)
    {
        using (var kill = Process.Start("kill", ["-QUIT", _server!.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(ct);
        }

        await _server.WaitForExitAsync(ct);
        _server.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await QuitAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
