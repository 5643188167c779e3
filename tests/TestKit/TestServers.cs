using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace MedTourism.TestKit;

/// <summary>
/// The PostgreSQL and RabbitMQ of a test run: those that <c>TEST_POSTGRES</c>, <c>TEST_RABBITMQ</c> and <c>TEST_RABBITMQ_MANAGEMENT</c> name, or
/// else private ones that end with this process. Every test asks for its own fresh database and virtual host in them.
/// </summary>
public static partial class TestServers
{
    private static readonly Lazy<Task<Addresses>> Started = new(FindOrStartAsync);

    /// <summary>The folder of the checkout.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Starts the servers if no test has needed them yet.</summary>
    public static Task StartAsync() => Started.Value;

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync(string prefix)
    {
        var servers = await Started.Value;
        var name = UniqueName(prefix);
        await ExecuteAsync(servers.Postgres, $"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'");
        return new NpgsqlConnectionStringBuilder(servers.Postgres) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    /// <summary>Removes a database made by <see cref="CreateDatabaseAsync"/>, with whatever is still connected to it.</summary>
    public static async Task DropDatabaseAsync(string connectionString)
    {
        var servers = await Started.Value;
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync(servers.Postgres, $"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
    }

    /// <summary>Makes an empty virtual host.</summary>
    /// <returns>Its address, with credentials.</returns>
    public static async Task<string> CreateVirtualHostAsync(string prefix)
    {
        var servers = await Started.Value;
        var name = UniqueName(prefix);
        using var management = Management(servers.Management);
        using var made = await management.PutAsync(new Uri($"api/vhosts/{name}", UriKind.Relative), JsonContent.Create(new { }));
        made.EnsureSuccessStatusCode();
        var user = Uri.UnescapeDataString(new Uri(servers.RabbitMq).UserInfo.Split(':')[0]);
        using var allowed = await management.PutAsync(
            new Uri($"api/permissions/{name}/{Uri.EscapeDataString(user)}", UriKind.Relative),
            JsonContent.Create(new { configure = ".*", write = ".*", read = ".*" }));
        allowed.EnsureSuccessStatusCode();
        return new UriBuilder(servers.RabbitMq) { Path = name }.Uri.AbsoluteUri;
    }

    /// <summary>Removes a virtual host made by <see cref="CreateVirtualHostAsync"/>, with its queues.</summary>
    public static async Task DeleteVirtualHostAsync(string address)
    {
        var servers = await Started.Value;
        using var management = Management(servers.Management);
        using var response = await management.DeleteAsync(new Uri("api/vhosts" + new Uri(address).AbsolutePath, UriKind.Relative));
    }

    /// <summary>Cuts every connection to a virtual host, as a network that fails does.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> DropConnectionsAsync(string address)
    {
        var servers = await Started.Value;
        using var management = Management(servers.Management);
        var connections = await ListAsync(management, $"api/vhosts{new Uri(address).AbsolutePath}/connections");
        foreach (var connection in connections)
        {
            using var response = await management.DeleteAsync(
                new Uri("api/connections/" + Uri.EscapeDataString(connection.GetProperty("name").GetString()!), UriKind.Relative));
        }

        return connections.Length;
    }

    /// <summary>How many messages wait in, or are being worked on from, those queues of a virtual host that <paramref name="which"/> picks.</summary>
    public static async Task<long> MessagesInQueuesAsync(string address, Func<string, bool> which)
    {
        var servers = await Started.Value;
        using var management = Management(servers.Management);
        var queues = await ListAsync(management, "api/queues" + new Uri(address).AbsolutePath);
        return queues
            .Where(queue => which(queue.GetProperty("name").GetString()!))
            .Sum(queue => queue.TryGetProperty("messages", out var messages) ? messages.GetInt64() : 0);
    }

    private static async Task<JsonElement[]> ListAsync(HttpClient management, string path) =>
        await management.GetFromJsonAsync<JsonElement[]>(new Uri(path, UriKind.Relative)) ?? [];

    private static async Task<Addresses> FindOrStartAsync()
    {
        var postgres = Environment.GetEnvironmentVariable("TEST_POSTGRES");
        var broker = Environment.GetEnvironmentVariable("TEST_RABBITMQ");
        if (string.IsNullOrEmpty(postgres) || string.IsNullOrEmpty(broker))
        {
            return await PrivateServers.StartAsync(RepositoryRoot);
        }

        var management = Environment.GetEnvironmentVariable("TEST_RABBITMQ_MANAGEMENT");
        return new Addresses(
            postgres,
            broker,
            string.IsNullOrEmpty(management) ? new UriBuilder(broker) { Scheme = "http", Port = 15672, Path = "/" }.Uri.AbsoluteUri : management);
    }

    private static HttpClient Management(string address)
    {
        var uri = new Uri(address);
        var client = new HttpClient { BaseAddress = new UriBuilder(uri) { UserName = string.Empty, Password = string.Empty }.Uri };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        return client;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string UniqueName(string prefix) => $"{NotAllowed().Replace(prefix, "_").ToLowerInvariant()}_{Guid.CreateVersion7():N}";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"'{AppContext.BaseDirectory}' is not inside a checkout of this repository.");
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotAllowed();
}

/// <summary>Where the servers of this test run are.</summary>
internal sealed record Addresses(string Postgres, string RabbitMq, string Management);
