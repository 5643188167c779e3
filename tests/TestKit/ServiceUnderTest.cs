using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace MedTourism.TestKit;

/// <summary>
/// The real host of one service on a loopback port, with its own database, virtual host and issuer, and a probe that stands for the other services.
/// Ready, in the sense of <c>/health/ready</c>, when <see cref="StartAsync"/> returns; takes everything away again when disposed.
/// </summary>
public sealed class ServiceUnderTest<TProgram> : IAsyncDisposable
    where TProgram : class
{
    private readonly Host _host;
    private readonly BusProbe _probe;
    private readonly bool _ownsDatabase;
    private readonly bool _ownsBroker;

    private ServiceUnderTest(Host host, BusProbe probe, TestTokens tokens, string connectionString, string broker, bool ownsDatabase, bool ownsBroker)
    {
        (_host, _probe, Tokens, ConnectionString, BrokerUri) = (host, probe, tokens, connectionString, broker);
        (_ownsDatabase, _ownsBroker) = (ownsDatabase, ownsBroker);
        Client = host.CreateClient();
    }

    /// <summary>An anonymous client of the service.</summary>
    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => _host.Services;

    public string ConnectionString { get; }

    public string BrokerUri { get; }

    public TestTokens Tokens { get; }

    /// <summary>
    /// Starts the service called <paramref name="name"/>. <paramref name="settings"/> (with ':' or '__') win over everything. Give
    /// <paramref name="database"/> or <paramref name="broker"/> to share them with another service or a second replica.
    /// </summary>
    public static async Task<ServiceUnderTest<TProgram>> StartAsync(
        string name, IEnumerable<KeyValuePair<string, string?>>? settings = null, string? database = null, string? broker = null)
    {
        var connectionString = database ?? await TestServers.CreateDatabaseAsync(name);
        var address = broker ?? await TestServers.CreateVirtualHostAsync(name);
        var tokens = await TestTokens.StartAsync(name);
        var probe = await BusProbe.StartAsync(address);
        var host = new Host([
            new("ConnectionStrings:Database", connectionString),
            new("ConnectionStrings:RabbitMq", address),
            new("Identity:Authority", tokens.Issuer),
            new("Web:PublicUrl", "http://localhost:8080"),
            new("Demo", "false"),
            new("Logging:LogLevel:Default", "Warning"),
            .. settings ?? [],
        ]);
        host.UseKestrel(0);
        host.StartServer();
        var app = new ServiceUnderTest<TProgram>(host, probe, tokens, connectionString, address, database is null, broker is null);
        await Eventually.That(app.IsReadyAsync, $"The service '{name}' did not become ready.", TimeSpan.FromSeconds(60));
        return app;
    }

    /// <summary>A client that presents <paramref name="token"/>.</summary>
    public HttpClient ClientFor(string token)
    {
        var client = _host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>
    /// Publishes a message as another service would. <paramref name="key"/> keeps order; give <paramref name="messageId"/> twice for a redelivery.
    /// </summary>
    public Task PublishAsync<T>(T message, Guid? key = null, Guid? messageId = null)
        where T : class =>
        _probe.PublishAsync(message, key, messageId);

    /// <summary>The messages of type <typeparamref name="T"/> seen on the bus so far, in their order of arrival.</summary>
    public IReadOnlyList<T> Received<T>()
        where T : class => _probe.Received<T>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        await _probe.DisposeAsync();
        await Tokens.DisposeAsync();
        if (_ownsBroker)
        {
            await TestServers.DeleteVirtualHostAsync(BrokerUri);
        }

        if (_ownsDatabase)
        {
            await TestServers.DropDatabaseAsync(ConnectionString);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        using var response = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return response.StatusCode == HttpStatusCode.OK;
    }

    private sealed class Host(KeyValuePair<string, string?>[] settings) : WebApplicationFactory<TProgram>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            // Settings of the host, not of the application: Program.cs reads its configuration before the latter would be there.
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key.Replace("__", ":", StringComparison.Ordinal), value);
            }
        }
    }
}
