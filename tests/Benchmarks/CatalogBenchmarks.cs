using System.Diagnostics;
using System.Globalization;
using MedTourism.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MedTourism.Benchmarks;

/// <summary>R3: the cached catalogue search against a bare Kestrel endpoint that sends the same bytes, both driven by wrk.</summary>
internal sealed class CatalogBenchmarks(BenchmarkOptions options)
{
    private const string Search = "/offers?q=%D0%9F%D0%AD%D0%A2&culture=ru";

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        await using var service = await ServiceProcess.StartAsync("Catalog", new Dictionary<string, string>
        {
            ["ConnectionStrings__Database"] = await TestServers.CreateDatabaseAsync("bench_catalog"),
            ["ConnectionStrings__RabbitMq"] = await TestServers.CreateVirtualHostAsync("bench"),
            ["Demo"] = "true",
        });
        using var http = new HttpClient { BaseAddress = service.Address };
        byte[] bytes = [];
        await Eventually.That(
            async () => (bytes = await http.GetByteArrayAsync(new Uri(Search, UriKind.Relative), ct)).Length > 2000, "the catalogue stayed empty", TimeSpan.FromSeconds(60));

        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, bytes, ct);
        var port = ServiceProcess.FreePort();
        using var bare = Process.Start(new ProcessStartInfo("dotnet", [typeof(CatalogBenchmarks).Assembly.Location, "bare", file, port.ToString(CultureInfo.InvariantCulture)]))!;
        try
        {
            using var probe = new HttpClient();
            var target = new Uri($"http://127.0.0.1:{port}/");
            await Eventually.That(() => AnswersAsync(probe, target, ct), "the bare endpoint did not start", TimeSpan.FromSeconds(30));
            return
            [
                await Ratio.MeasureAsync(
                    "R3", "cached search / bare endpoint with the same bytes", 0.40,
                    (time, token) => Load.WrkAsync(new Uri(service.Address, Search), 16, time, token), (time, token) => Load.WrkAsync(target, 16, time, token), options, ct),
            ];
        }
        finally
        {
            bare.Kill();
            File.Delete(file);
        }
    }

    /// <summary>The floor: nothing but Kestrel and a byte array.</summary>
    public static async Task ServeAsync(string file, int port)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes);
        });
        await app.RunAsync();
    }

    private static async Task<bool> AnswersAsync(HttpClient probe, Uri target, CancellationToken ct)
    {
        try
        {
            return (await probe.GetAsync(target, ct)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
