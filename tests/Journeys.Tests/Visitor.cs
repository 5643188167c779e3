using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>
/// A person with a browser of their own. Every page they come to is checked: nothing wider than the screen, no axe violation. For axe, a page is known if
/// this run has checked one of the same shape.
/// </summary>
internal sealed class Visitor : IAsyncDisposable
{
    private static readonly string[] Wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    private static readonly Lazy<string> AxeScript = new(() =>
    {
        using var stream = typeof(AxeRunOptions).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>A folder for a picture of every page that axe looks at, for people to look at too; none without the setting.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("JOURNEY_PICTURES") is { Length: > 0 } folder ? folder : null;

    private readonly IBrowserContext _context;
    private readonly string _sees;

    private Visitor(IBrowserContext context, IPage page, Words words, string sees) => (_context, Page, Words, _sees) = (context, page, words, sees);

    /// <summary>Pages of all visitors, those of them that axe looked at, and for how long.</summary>
    public static (int Pages, int Looks, TimeSpan Looking) Checks { get; private set; }

    public IPage Page { get; }

    public Words Words { get; }

    public static async Task<Visitor> ArriveAsync(string culture, bool script = true, int width = 1280, string timeZone = "Europe/Paris")
    {
        var context = await Market.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = script,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            TimezoneId = timeZone,
            Locale = culture,
            // Everyone comes from an address of their own, or they would share one limit of held times.
            ExtraHTTPHeaders = [new("X-Forwarded-For", $"10.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}.{Random.Shared.Next(1, 255)}")],
        });
        context.SetDefaultTimeout(20_000);
        return new Visitor(context, await context.NewPageAsync(), new Words(culture), $"{culture} {width} {script}");
    }

    public async Task GoAsync(string path)
    {
        var answer = await Page.GotoAsync(path.StartsWith("http", StringComparison.Ordinal) ? path : $"{Market.Address("web")}/{Words.Culture}{path}");
        Assert.That(answer!.Status, Is.LessThan(400), path);
        await CheckAsync();
    }

    public ILocator Button(string key) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = Words.Like(key) }).First;

    public ILocator Link(string key) => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = Words.Like(key) }).First;

    public async Task PressAsync(string key)
    {
        await Button(key).ClickAsync();
        await CheckAsync();
    }

    public async Task FollowAsync(ILocator link)
    {
        await link.ClickAsync();
        await CheckAsync();
    }

    public async Task SeesHeadingAsync(Regex words) =>
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { NameRegex = words }).First).ToBeVisibleAsync();

    public Task SeesHeadingAsync(string key) => SeesHeadingAsync(Words.Like(key));

    /// <summary>What every page owes its visitor.</summary>
    public async Task CheckAsync()
    {
        await Page.WaitForLoadStateAsync(LoadState.Load);
        var width = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.That(width, Is.LessThanOrEqualTo(0), $"{Page.Url} is wider than the screen");
        var shape = await Shapes.OfAsync(Page, _sees);
        var (pages, looks, looking) = Checks;
        if (Shapes.Passed(shape))
        {
            Checks = (pages + 1, looks, looking);
            return;
        }

        var watch = Stopwatch.StartNew();
        Assert.That(await AxeAsync(), Is.Empty, $"axe on {Page.Url}");
        Checks = (pages + 1, looks + 1, looking + watch.Elapsed);
        if (shape is not null && shape == await Shapes.OfAsync(Page, _sees))
        {
            Shapes.Pass(shape); // it did not change while axe looked
        }

        if (Pictures is not null)
        {
            var name = Regex.Replace($"{looks:000}-{_sees}-{new Uri(Page.Url).AbsolutePath}", "[^A-Za-z0-9]+", "-");
            await File.WriteAllBytesAsync(Path.Combine(Pictures, $"{name[..Math.Min(name.Length, 120)]}.png"), await PictureAsync());
        }
    }

    /// <summary>The whole page as it is: Playwright's own pictures leave something behind that is part of a shape.</summary>
    private async Task<byte[]> PictureAsync()
    {
        var tools = await _context.NewCDPSessionAsync(Page);
        var size = (await tools.SendAsync("Page.getLayoutMetrics"))!.Value.GetProperty("cssContentSize");
        Dictionary<string, object> clip = new() { ["x"] = 0, ["y"] = 0, ["width"] = size.GetProperty("width").GetDouble(), ["height"] = size.GetProperty("height").GetDouble(), ["scale"] = 1 };
        var picture = await tools.SendAsync("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = true, ["clip"] = clip });
        await tools.DetachAsync();
        return picture!.Value.GetProperty("data").GetBytesFromBase64();
    }

    /// <summary>
    /// axe runs beside the page's own scripts (or where there are none) in a world of its own, as the developer tools' do. Where scripts are off no timer
    /// fires, and each costs time; axe uses them only to breathe between its rules, so there it breathes by promises.
    /// </summary>
    private async Task<IEnumerable<string>> AxeAsync()
    {
        var tools = await _context.NewCDPSessionAsync(Page);
        var frame = (await tools.SendAsync("Page.getFrameTree"))!.Value.GetProperty("frameTree").GetProperty("frame").GetProperty("id").GetString()!;
        var world = (await tools.SendAsync("Page.createIsolatedWorld", new() { ["frameId"] = frame }))!.Value.GetProperty("executionContextId").GetInt32();
        var answer = await tools.SendAsync("Runtime.evaluate", new()
        {
            ["contextId"] = world, ["awaitPromise"] = true, ["returnByValue"] = true,
            ["expression"] = $$"""
                (async () => {
                    window.setTimeout = go => { Promise.resolve().then(go); return 0; };
                    {{AxeScript.Value}};
                    const found = await axe.run(document, { preload: false, runOnly: { type: "tag", values: {{JsonSerializer.Serialize(Wcag)}} } });
                    return { rules: found.passes.length, violations: found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(node => node.html).join("; ")}`) };
                })()
                """,
        });
        await tools.DetachAsync();
        Assert.That(answer!.Value.TryGetProperty("exceptionDetails", out var failure), Is.False, $"axe failed on {Page.Url}: {failure}");
        var found = answer.Value.GetProperty("result").GetProperty("value");
        Assert.That(found.GetProperty("rules").GetInt32(), Is.GreaterThan(5), "axe looked at nothing");
        return found.GetProperty("violations").EnumerateArray().Select(violation => violation.GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            var picture = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{TestContext.CurrentContext.Test.ID}-{Words.Culture}.png");
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = picture, FullPage = true });
            TestContext.AddTestAttachment(picture, Page.Url);
        }

        await _context.DisposeAsync();
    }
}
