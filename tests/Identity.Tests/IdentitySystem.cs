using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedTourism.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace MedTourism.Identity.Tests;

/// <summary>The accounts application and the protocol engine, each with its own database, as they run in production.</summary>
public sealed class IdentitySystem : IAsyncDisposable
{
    public const string Callback = "http://web.test/signin/callback";
    public const string SignedOut = "http://web.test/";
    public const string SecretKey = "a secret of these tests, long enough";
    public const string Market = "urn:medtourism:market";
    private static readonly SemaphoreSlim Installing = new(1);
    private readonly Process engine;
    private readonly string engineDatabase;
    private readonly string folder;
    private readonly StringBuilder engineLog;

    private IdentitySystem(
        ServiceUnderTest<Program> accounts, Process engine, StringBuilder engineLog, string issuer, string engineDatabase, string folder, string secret, ECDsaSecurityKey key) =>
        (Accounts, this.engine, this.engineLog, Issuer, this.engineDatabase, this.folder, WebSecret, AgencyKey) = (accounts, engine, engineLog, issuer, engineDatabase, folder, secret, key);

    public ServiceUnderTest<Program> Accounts { get; }

    public string Issuer { get; }

    public string WebSecret { get; }

    /// <summary>The private key of the client <c>agency-system</c>.</summary>
    public ECDsaSecurityKey AgencyKey { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public string EngineLog
    {
        get
        {
            lock (engineLog)
            {
                return engineLog.ToString();
            }
        }
    }

    /// <summary>Settings named <c>ENGINE_</c>… are the engine's, all others those of the accounts application.</summary>
    public static async Task<IdentitySystem> StartAsync(params (string Key, string Value)[] settings)
    {
        await InstallAsync();
        var (port, internalPort) = (FreePort(), FreePort());
        var issuer = $"http://127.0.0.1:{port}";
        var (secret, internalSecret) = (Random(), Random());
        var accounts = await ServiceUnderTest<Program>.StartAsync("identity", [
            new("Identity:Authority", issuer),
            new("Identity:PublicUrl", "http://accounts.test"),
            new("Identity:EngineInternalUrl", $"http://127.0.0.1:{internalPort}"),
            new("Identity:EngineSecret", internalSecret),
            new("Identity:SecretKey", SecretKey),
            new("Identity:StartUrl", "http://web.test/start"),
            new("Web:PublicUrl", "http://web.test"),
            new("Limits:pages", "100000"),
            new("Limits:codes", "100000"),
            .. settings.Where(setting => !setting.Key.StartsWith("ENGINE_", StringComparison.Ordinal)).Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)),
        ]);
        var database = await TestServers.CreateDatabaseAsync("engine");
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "agency" };
        var folder = Directory.CreateTempSubdirectory("identity-tests-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "clients.json"), Clients(secret, key).ToJsonString());

        var start = new ProcessStartInfo(Node, ["--enable-source-maps", "engine.mjs"])
        {
            WorkingDirectory = EngineFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ENGINE_PORT"] = $"{port}",
            ["ENGINE_INTERNAL_PORT"] = $"{internalPort}",
            ["ENGINE_ISSUER"] = issuer,
            ["ENGINE_DATABASE_URL"] = PostgresUrl(database),
            ["ENGINE_INTERNAL_SECRET"] = internalSecret,
            ["ENGINE_KEY_SECRET"] = Random(),
            ["ENGINE_TOKEN_WRONG"] = "100000",
            ["ENGINE_LOGIN_URL"] = accounts.Address.ToString(),
            ["ENGINE_WEB_URL"] = "http://web.test",
            ["ENGINE_CLIENTS"] = Path.Combine(folder, "clients.json"),
        })
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in settings.Where(setting => setting.Key.StartsWith("ENGINE_", StringComparison.Ordinal)))
        {
            start.Environment[name] = value;
        }

        var engine = Process.Start(start)!;
        var log = new StringBuilder();
        void Keep(string? line)
        {
            lock (log)
            {
                log.AppendLine(line);
            }
        }

        engine.OutputDataReceived += (_, line) => Keep(line.Data);
        engine.ErrorDataReceived += (_, line) => Keep(line.Data);
        engine.BeginOutputReadLine();
        engine.BeginErrorReadLine();
        var system = new IdentitySystem(accounts, engine, log, issuer, database, folder, secret, key);
        try
        {
            await Eventually.That(system.IsReadyAsync, "The engine did not start.", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException exception)
        {
            var said = system.EngineLog;
            await system.DisposeAsync();
            throw new TimeoutException($"{exception.Message} It said: {said}", exception);
        }

        return system;
    }

    /// <summary>Runs one step of openid-client.</summary>
    public async Task<JsonNode> ClientAsync(object step)
    {
        var input = JsonSerializer.SerializeToNode(step, JsonSerializerOptions.Web)!;
        input["issuer"] = Issuer;
        input["clientId"] ??= "web";
        input["clientSecret"] ??= WebSecret;
        input["redirectUri"] ??= Callback;
        var start = new ProcessStartInfo(Node, ["client.mjs", input.ToJsonString()])
        {
            WorkingDirectory = TestsFolder,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonNode.Parse(output)!;
    }

    /// <summary>Calls the token endpoint, as <c>web</c> unless <paramref name="client"/> is empty.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> TokenAsync(Dictionary<string, string> form, string client = "web")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/token") { Content = new FormUrlEncodedContent(form) };
        if (client.Length > 0)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{WebSecret}")));
        }

        using var response = await Http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public string Assertion() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "agency-system",
        Audience = Issuer,
        Claims = new Dictionary<string, object> { ["sub"] = "agency-system", ["jti"] = Random() },
        IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
        Expires = TimeProvider.System.GetUtcNow().AddMinutes(1).UtcDateTime,
        SigningCredentials = new SigningCredentials(AgencyKey, SecurityAlgorithms.EcdsaSha256),
    });

    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(Accounts.ConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return (T?)await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!engine.HasExited)
        {
            engine.Kill(entireProcessTree: true);
            await engine.WaitForExitAsync();
        }

        engine.Dispose();
        await Accounts.DisposeAsync();
        await TestServers.DropDatabaseAsync(engineDatabase);
        Directory.Delete(folder, recursive: true);
    }

    public static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    public static string Node => Path.Combine(EngineFolder, "node_modules/.bin/node");

    private static string EngineFolder => Path.Combine(TestServers.RepositoryRoot, "services/Identity/Engine");

    private static string TestsFolder => Path.Combine(TestServers.RepositoryRoot, "tests/Identity.Tests/node");

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Http.GetAsync(new Uri($"{Issuer}/health/ready"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static JsonArray Clients(string secret, ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return
        [
            new JsonObject
            {
                ["client_id"] = "web", ["client_name"] = "Emdeu", ["client_secret"] = secret,
                ["redirect_uris"] = new JsonArray(Callback), ["post_logout_redirect_uris"] = new JsonArray(SignedOut),
                ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["response_types"] = new JsonArray("code"),
                ["token_endpoint_auth_method"] = "client_secret_basic",
            },
            new JsonObject
            {
                ["client_id"] = "clinic-system", ["client_secret"] = secret, ["redirect_uris"] = new JsonArray(),
                ["grant_types"] = new JsonArray("client_credentials"), ["response_types"] = new JsonArray(),
                ["token_endpoint_auth_method"] = "client_secret_basic", ["api_scope"] = "booking.read booking.write",
                ["resources"] = new JsonArray("urn:medtourism:booking", "urn:medtourism:identity"),
                ["organisation"] = "0190d000-0000-7000-8000-00000000c001", ["organisation_kind"] = "clinic", ["organisation_ref"] = "orhun-aktau",
                ["roles"] = new JsonArray("scheduler"),
            },
            new JsonObject
            {
                ["client_id"] = "agency-system", ["redirect_uris"] = new JsonArray(),
                ["grant_types"] = new JsonArray("client_credentials"), ["response_types"] = new JsonArray(),
                ["token_endpoint_auth_method"] = "private_key_jwt", ["token_endpoint_auth_signing_alg"] = "ES256", ["api_scope"] = "referral.read",
                ["resources"] = new JsonArray("urn:medtourism:referral"),
                ["jwks"] = new JsonObject
                {
                    ["keys"] = new JsonArray(new JsonObject
                    {
                        ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "agency", ["alg"] = "ES256", ["use"] = "sig",
                        ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y),
                    }),
                },
            },
        ];
    }

    public static string PostgresUrl(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var user = Uri.EscapeDataString(parts.Username ?? "postgres") + (parts.Password is { Length: > 0 } password ? $":{Uri.EscapeDataString(password)}" : string.Empty);
        return parts.Host!.StartsWith('/')
            ? $"postgres://{user}@localhost:{parts.Port}/{parts.Database}?host={Uri.EscapeDataString(parts.Host)}"
            : $"postgres://{user}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>As locked in the committed files; nothing to do if it is there.</summary>
    private static async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            foreach (var folder in new[] { EngineFolder, TestsFolder }.Where(folder => !Directory.Exists(Path.Combine(folder, "node_modules"))))
            {
                using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = folder })!;
                await npm.WaitForExitAsync();
                if (npm.ExitCode != 0)
                {
                    throw new InvalidOperationException($"npm ci failed in {folder}.");
                }
            }
        }
        finally
        {
            Installing.Release();
        }
    }
}
