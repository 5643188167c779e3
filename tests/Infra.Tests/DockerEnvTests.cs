using MedTourism.TestKit;

namespace MedTourism.Infra.Tests;

public sealed class DockerEnvTests
{
    /// <summary>The one line that is no secret.</summary>
    internal const string Operator = "OPERATOR_EMAIL";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("medtourism-env-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_secrets_are_random_and_for_their_owner_only()
    {
        var first = await SecretsAsync("first");
        var second = await SecretsAsync("second");

        Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "first")), Is.EqualTo(OwnerOnly));
        Assert.That(first.Values.Order().Distinct().Count(), Is.EqualTo(first.Count), "every secret is its own");
        Assert.That(first.Values, Has.All.Length.GreaterThanOrEqualTo(48));
        Assert.That(first.Keys, Is.EquivalentTo(second.Keys));
        Assert.That(first.Values, Has.None.Matches<string>(second.Values.Contains));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2), "no draft stays behind");
    }

    [TestCase(null, "operator@market.example")]
    [TestCase("boss@market.kz", "boss@market.kz")]
    public async Task It_names_who_becomes_the_operator_of_a_market_without_demo_content(string? given, string written)
    {
        var file = Path.Combine(_folder, ".env");
        await Shell.RunAsync(Path.Combine(TestServers.RepositoryRoot, "infra/docker/env"), [file], environment: new() { ["OPERATOR_EMAIL"] = given ?? string.Empty });
        Assert.That(await File.ReadAllLinesAsync(file), Does.Contain($"{Operator}={written}"));
    }

    [Test]
    public async Task An_existing_file_is_left_as_it_is()
    {
        var file = Path.Combine(_folder, ".env");
        await File.WriteAllTextAsync(file, "POSTGRES_PASSWORD=mine\n");

        var outcome = await RunAsync(file);

        Assert.That(outcome.Code, Is.Zero, outcome.Output);
        Assert.That(outcome.Output, Does.Contain("left as it is"));
        Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo("POSTGRES_PASSWORD=mine\n"));
    }

    /// <summary>The variables that <c>infra/docker/env</c> writes.</summary>
    internal static async Task<Dictionary<string, string>> WriteAsync(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        var outcome = await RunAsync(file);
        Assert.That(outcome.Code, Is.Zero, outcome.Output);
        return (await File.ReadAllLinesAsync(file)).Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    private static Task<Shell.Outcome> RunAsync(string file) => Shell.RunAsync(Path.Combine(TestServers.RepositoryRoot, "infra/docker/env"), [file]);

    private async Task<Dictionary<string, string>> SecretsAsync(string name) =>
        (await WriteAsync(_folder, name)).Where(line => line.Key != Operator).ToDictionary();
}
