using System.Net;
using System.Text.Json;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Catalog.Tests;

/// <summary>One catalogue with the demo data, for the tests that only read.</summary>
[SetUpFixture]
public sealed class Running
{
    public static ServiceUnderTest<Program> App { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => App = await StartAsync(demo: true);

    [OneTimeTearDown]
    public async Task StopAsync() => await App.DisposeAsync();

    public static Task<ServiceUnderTest<Program>> StartAsync(bool demo, string? database = null, string? broker = null) =>
        ServiceUnderTest<Program>.StartAsync(
            "catalog",
            [new("Demo", demo ? "true" : "false"), new("Limits:search", "100000")],
            database,
            broker);

    public static Task<JsonElement> GetAsync(string path) => App.GetJsonAsync(path);
}

internal static class CatalogCalls
{
    public static async Task<JsonElement> GetJsonAsync(this ServiceUnderTest<Program> app, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await app.Client.GetAsync(new Uri(path, UriKind.Relative));
        var body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(expected), body);
        return JsonDocument.Parse(body).RootElement;
    }

    public static Task<JsonElement> SearchAsync(this ServiceUnderTest<Program> app, string words, string more = "") =>
        app.GetJsonAsync($"/offers?q={Uri.EscapeDataString(words)}&size=50{more}");

    public static string[] Procedures(this JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("procedureId").GetString()!)];

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static async Task<T> InDatabaseAsync<T>(this ServiceUnderTest<Program> app, Func<CatalogDb, Task<T>> ask)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<CatalogDb>());
    }
}
