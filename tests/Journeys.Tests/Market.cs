using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MedTourism.TestKit;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>The whole market, as <c>infra/up --wait</c> starts it, and one browser. What was running before stays running.</summary>
[SetUpFixture]
internal sealed class Market
{
    private static readonly string[] BrowserArguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static IPlaywright? _playwright;
    private static bool _startedHere;

    public static JsonElement Endpoints { get; private set; }

    public static IBrowser Browser { get; private set; } = null!;

    public static string Address(string name) => Endpoints.GetProperty(name).GetString()!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var status = await RunAsync("--status");
        _startedHere = status.ExitCode != 0;
        var up = await RunAsync("--wait");
        Assert.That(up.ExitCode, Is.Zero, up.Output);
        Endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, ".medtourism", "endpoints.json"))).RootElement;
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = BrowserArguments });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        var (pages, looks, looking) = Visitor.Checks;
        TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"axe looked at {looks} of {pages} pages, in {looking.TotalSeconds:0} s; the others have the shape of one of these"));
        await (Browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
        if (_startedHere)
        {
            await RunAsync("--stop");
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string option)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(TestServers.RepositoryRoot, "infra", "up"), [option])
        {
            WorkingDirectory = TestServers.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
