using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MedTourism.TestKit;

namespace MedTourism.Infra.Tests;

/// <summary>Images cannot be pulled everywhere, so <c>docker-compose.yml</c> is checked against its specification and against the checkout.</summary>
public sealed partial class ComposeTests
{
    private string _text = null!;
    private JsonElement _file;

    private IEnumerable<JsonProperty> Services => _file.GetProperty("services").EnumerateObject();

    [OneTimeSetUp]
    public async Task ReadFile()
    {
        _text = await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "docker-compose.yml"));
        _file = (await CheckAsync(_text)).GetProperty("content");
    }

    [Test]
    public async Task The_file_keeps_to_the_compose_specification()
    {
        var errors = (await CheckAsync(_text)).GetProperty("errors");
        Assert.That(errors.GetArrayLength(), Is.Zero, errors.ToString());
    }

    [TestCase("interval: 5s", "intervall: 5s")]
    [TestCase("service_healthy", "service_well")]
    [TestCase("volumes:", "volume:")]
    public async Task A_slip_would_be_noticed(string right, string wrong)
    {
        var errors = (await CheckAsync(_text.Replace(right, wrong, StringComparison.Ordinal))).GetProperty("errors");
        Assert.That(errors.GetArrayLength(), Is.Positive);
    }

    [Test]
    public void It_has_every_part_of_the_market() => Assert.That(
        Services.Select(service => service.Name),
        Is.EquivalentTo(new[] { "postgres", "rabbitmq", "mail", "stripe", "engine", "catalog", "booking", "payment", "referral", "identity", "notifications", "web" }));

    [Test]
    public void Every_service_tells_whether_it_is_healthy()
    {
        foreach (var service in Services)
        {
            Assert.That(service.Value.TryGetProperty("healthcheck", out var check) && check.GetProperty("test").GetArrayLength() > 1, service.Name);
        }
    }

    [Test]
    public void Every_service_waits_until_what_it_needs_is_healthy()
    {
        var names = Services.Select(service => service.Name).ToHashSet();
        foreach (var service in Services.Where(service => service.Name is not ("postgres" or "rabbitmq" or "mail")))
        {
            var needs = service.Value.GetProperty("depends_on").EnumerateObject().ToList();
            Assert.That(needs.Select(need => need.Name), Is.SubsetOf(names).And.Not.Empty, service.Name);
            Assert.That(needs.Select(need => need.Value.GetProperty("condition").GetString()), Is.All.EqualTo("service_healthy"), service.Name);
        }
    }

    [Test]
    public void No_secret_stands_in_the_file()
    {
        foreach (var (service, name, value) in Environment())
        {
            if (Secret().IsMatch(name) || value.Contains("assword=", StringComparison.Ordinal))
            {
                Assert.That(value, Does.Match(@"\$\{[A-Z_]+:\?[^}]+\}$"), $"{service}: {name}");
            }

            Assert.That(value, Does.Not.Match("://[^:/$]+:(?!\\$)[^@/]+@"), $"{service}: {name} has a password in its address");
        }
    }

    [Test]
    public async Task Every_secret_it_asks_for_is_written_by_the_env_script_and_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("medtourism-env-");
        var written = await DockerEnvTests.WriteAsync(folder.FullName, ".env");
        folder.Delete(recursive: true);
        Assert.That(written.Keys.Where(name => name != DockerEnvTests.Operator), Is.EquivalentTo(Required().Matches(_text).Select(match => match.Groups[1].Value).Distinct()));
    }

    [Test]
    public void The_operator_of_a_market_without_demo_content_is_the_one_the_env_script_names() => Assert.That(
        Environment().Single(setting => setting.Name == "Identity__FirstOperatorEmail"),
        Is.EqualTo(("identity", "Identity__FirstOperatorEmail", $"${{{DockerEnvTests.Operator}:-operator@market.example}}")));

    [Test]
    public async Task Every_image_it_builds_can_be_built_from_this_checkout()
    {
        var dockerfile = await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "infra/docker/Dockerfile"));
        foreach (var service in Services.Where(service => service.Value.TryGetProperty("build", out _)))
        {
            var build = service.Value.GetProperty("build");
            Assert.That(dockerfile, Does.Contain($" AS {build.GetProperty("target").GetString()}\n"), service.Name);
            if (!build.TryGetProperty("args", out var arguments))
            {
                continue;
            }

            var folder = Path.Combine(TestServers.RepositoryRoot, arguments.GetProperty("PROJECT").GetString()!);
            var project = Directory.GetFiles(folder, "*.csproj").Single();
            var assembly = XDocument.Load(project).Descendants("AssemblyName").SingleOrDefault()?.Value ?? $"MedTourism.{Path.GetFileNameWithoutExtension(project)}";
            Assert.That(arguments.GetProperty("ASSEMBLY").GetString(), Is.EqualTo(assembly), service.Name);
        }
    }

    [Test]
    public async Task Every_file_the_images_copy_exists()
    {
        var dockerfile = await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "infra/docker/Dockerfile"));
        var sources = CopyLine().Matches(dockerfile).SelectMany(match => match.Groups[1].Value.Split(' ')[..^1]).ToList();
        Assert.That(sources, Has.Count.GreaterThan(10));
        Assert.That(sources.Where(source => !Path.Exists(Path.Combine(TestServers.RepositoryRoot, source))), Is.Empty);
    }

    [Test]
    public async Task No_image_runs_as_root()
    {
        var dockerfile = await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "infra/docker/Dockerfile"));
        foreach (var service in Services)
        {
            if (service.Value.TryGetProperty("user", out var user))
            {
                Assert.That(user.GetString(), Is.Not.EqualTo("root").And.Not.EqualTo("0"), service.Name);
                continue;
            }

            var target = service.Value.GetProperty("build").GetProperty("target").GetString();
            var stage = dockerfile.Split("FROM ").Single(part => part.Contains($" AS {target}\n", StringComparison.Ordinal));
            Assert.That(stage, Does.Match("(?m)^USER (?!root|0)"), service.Name);
        }
    }

    [Test]
    public void Nothing_is_reachable_from_other_machines()
    {
        var ports = Services
            .Where(service => service.Value.TryGetProperty("ports", out _))
            .SelectMany(service => service.Value.GetProperty("ports").EnumerateArray().Select(port => port.GetString()!))
            .ToList();
        Assert.That(ports, Has.Count.EqualTo(5));
        Assert.That(ports, Is.All.StartsWith("127.0.0.1:"));
    }

    private static async Task<JsonElement> CheckAsync(string yaml)
    {
        var folder = Path.Combine(TestServers.RepositoryRoot, "tests/Infra.Tests/node");
        var outcome = await Shell.RunAsync("node", ["compose.mjs"], folder, yaml);
        Assert.That(outcome.Code, Is.Zero, outcome.Output);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    private IEnumerable<(string Service, string Name, string Value)> Environment() =>
        from service in Services
        where service.Value.TryGetProperty("environment", out _)
        from setting in service.Value.GetProperty("environment").EnumerateObject()
        select (service.Name, setting.Name, setting.Value.ToString());

    [GeneratedRegex("PASS|SECRET|SALT|_KEY|SecretKey|Salt$|Secret$", RegexOptions.None)]
    private static partial Regex Secret();

    [GeneratedRegex(@"\$\{([A-Z_]+):\?")]
    private static partial Regex Required();

    [GeneratedRegex(@"(?m)^COPY (?!--from)(?:--\S+ )*(.+)$")]
    private static partial Regex CopyLine();
}
