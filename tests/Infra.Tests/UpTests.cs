using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Infra.Tests;

/// <summary><c>infra/up</c> in a folder of its own, so that a market running in the checkout is not touched.</summary>
public sealed class UpTests
{
    private static readonly string[] Waiting = ["--wait"];
    private string _folder = null!;

    private string State => Path.Combine(_folder, ".medtourism");

    [SetUp]
    public void CopyCommands()
    {
        _folder = Directory.CreateTempSubdirectory("medtourism-up-").FullName;
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var source = Path.Combine(TestServers.RepositoryRoot, "infra");
        Directory.CreateDirectory(Path.Combine(_folder, "infra", "local"));
        foreach (var file in Directory.GetFiles(Path.Combine(source, "local")).Append(Path.Combine(source, "up")))
        {
            File.Copy(file, Path.Combine(_folder, "infra", Path.GetRelativePath(source, file)));
        }
    }

    [TearDown]
    public async Task StopAndRemove()
    {
        await UpAsync("--stop");
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Without_a_running_market_the_questions_have_plain_answers()
    {
        var status = await UpAsync("--status");
        Assert.That(status.Code, Is.EqualTo(3));
        Assert.That(status.Output, Does.Contain("Not running. Start it with: infra/up"));

        var stop = await UpAsync("--stop");
        Assert.That(stop.Code, Is.Zero);
        Assert.That(stop.Output, Does.Contain("Nothing was running."));

        var logs = await UpAsync("--logs");
        Assert.That(logs.Code, Is.EqualTo(1));
        Assert.That(logs.Output, Does.Contain("Nothing has run here yet."));
    }

    [Test]
    public async Task Help_names_every_option()
    {
        var help = await UpAsync("--help");
        Assert.That(help.Code, Is.Zero);
        foreach (var option in new[] { "--wait", "--status", "--logs", "--stop", "--reset", "--empty", "--no-build" })
        {
            Assert.That(help.Output, Does.Contain(option));
        }
    }

    [TestCase("--wiat")]
    [TestCase("catalog")]
    public async Task What_is_not_understood_is_refused(string argument)
    {
        var outcome = await UpAsync(argument);
        Assert.That(outcome.Code, Is.EqualTo(1));
        Assert.That(outcome.Output, Does.Contain(argument));
    }

    [Test]
    public async Task A_missing_project_is_named_before_anything_starts()
    {
        var outcome = await UpAsync(Waiting, only: "catalog");
        Assert.That(outcome.Code, Is.EqualTo(1));
        Assert.That(outcome.Output, Does.Contain("services/Catalog/Catalog.csproj"));
        Assert.That(File.Exists(Path.Combine(State, "state.json")), Is.False);
    }

    [Test]
    public async Task A_busy_port_gives_way_to_another_and_passwords_are_for_their_owner_only()
    {
        await UpAsync(Waiting, only: "catalog"); // chooses ports, then finds no project
        var before = Ports();
        using var other = new TcpListener(IPAddress.Loopback, before["web"]);
        other.Start();

        var outcome = await UpAsync(Waiting, only: "catalog");

        Assert.That(outcome.Output, Does.Contain($"in use by other programs, so others were taken: web {before["web"]} → {Ports()["web"]}"));
        Assert.That(Ports()["web"], Is.Not.EqualTo(before["web"]));
        Assert.That(Ports()["catalog"], Is.EqualTo(before["catalog"]), "ports that are free are kept");
        Assert.That(Ports().Values, Is.Unique);
        Assert.That(
            File.GetUnixFileMode(Path.Combine(State, "settings.json")),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Without_demo_content_it_says_how_to_become_the_operator()
    {
        var wrong = await UpAsync(["--wait", "--empty"], only: "servers", operatorEmail: "nobody");
        Assert.That(wrong.Code, Is.EqualTo(1));
        Assert.That(wrong.Output, Does.Contain("OPERATOR_EMAIL is not an e-mail address: nobody"));

        var up = await UpAsync(["--wait", "--empty"], only: "servers", operatorEmail: "boss@market.kz");
        Assert.That(up.Code, Is.Zero, up.Output);
        Assert.That(up.Output, Does.Contain("Open the invitation to boss@market.kz among the e-mails"));
        Assert.That(up.Output, Does.Contain("/en/operator/organisations"));

        var again = await UpAsync(Waiting, only: "servers");
        Assert.That(again.Output, Does.Contain("boss@market.kz"), "the address is kept");
    }

    [Test]
    public async Task A_stranger_with_the_number_of_a_process_of_ours_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "60");
        Directory.CreateDirectory(State);
        var ours = new { pid = stranger.Id, start = "another boot/1" };
        await File.WriteAllTextAsync(Path.Combine(State, "state.json"), JsonSerializer.Serialize(new { supervisor = ours, keeper = ours, processes = new { web = ours } }));

        var stop = await UpAsync("--stop");

        Assert.That(stop.Output, Does.Contain("Nothing was running."));
        Assert.That(stranger.HasExited, Is.False);
        stranger.Kill();
    }

    [Test]
    public async Task What_dies_comes_back_and_stopping_leaves_nothing()
    {
        var up = await UpAsync(Waiting, only: "servers");
        Assert.That(up.Code, Is.Zero, up.Output);
        Assert.That((await UpAsync(Waiting, only: "servers")).Output, Does.Contain("It runs already."));

        // The database and the broker by force, then the supervisor above them, then both once more.
        foreach (var victims in new[] { new[] { "postgres", "rabbitmq" }, ["supervisor"], ["postgres"] })
        {
            var killed = victims.Select(victim => (Name: victim, Pid: Pid(victim))).ToList();
            killed.ForEach(victim => Process.GetProcessById(victim.Pid).Kill());
            await Eventually.That(
                () => killed.TrueForAll(victim => Pid(victim.Name) is var pid && pid != 0 && pid != victim.Pid),
                $"{string.Join(" and ", victims)} did not come back",
                TimeSpan.FromSeconds(60));
            await Eventually.That(
                async () => (await UpAsync(["--status"], only: "servers")).Code == 0,
                "not everything became ready again",
                TimeSpan.FromSeconds(60));
        }

        var pids = new[] { "postgres", "rabbitmq", "supervisor", "keeper" }.Select(Pid).ToList();
        var stop = await UpAsync("--stop");
        Assert.That(stop.Output, Does.Contain("Stopped."));
        Assert.That(pids.Where(IsRunning), Is.Empty);
    }

    /// <summary>An ended process keeps its entry, marked Z, until the machine's first process collects it.</summary>
    private static bool IsRunning(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private Task<Shell.Outcome> UpAsync(params string[] arguments) => UpAsync(arguments, only: null);

    private Task<Shell.Outcome> UpAsync(string[] arguments, string? only, string? operatorEmail = null)
    {
        var environment = new Dictionary<string, string>();
        if (only is not null)
        {
            environment["MEDTOURISM_ONLY"] = only;
        }

        if (operatorEmail is not null)
        {
            environment["OPERATOR_EMAIL"] = operatorEmail;
        }

        return Shell.RunAsync(Path.Combine(_folder, "infra", "up"), arguments, _folder, environment: environment);
    }

    private Dictionary<string, int> Ports() => JsonDocument.Parse(File.ReadAllText(Path.Combine(State, "settings.json")))
        .RootElement.GetProperty("ports").Deserialize<Dictionary<string, int>>()!;

    private int Pid(string name)
    {
        var state = JsonDocument.Parse(File.ReadAllText(Path.Combine(State, "state.json"))).RootElement;
        var process = name is "supervisor" or "keeper" ? state.GetProperty(name) : state.GetProperty("processes").GetProperty(name);
        return process.TryGetProperty("pid", out var pid) ? pid.GetInt32() : 0;
    }
}
