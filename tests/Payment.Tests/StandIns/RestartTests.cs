using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Payment.Tests.StandIns;

public sealed class RestartTests
{
    [Test]
    public async Task A_killed_stand_in_comes_back_with_its_sessions_and_keys()
    {
        var database = await TestServers.CreateDatabaseAsync("standin");
        try
        {
            using var first = await RunningAsync(database);
            var created = await CreateAsync(first.Client);
            first.Kill();
            using var second = await RunningAsync(database);
            var replayed = await CreateAsync(second.Client);
            var known = await second.Client.GetFromJsonAsync<JsonElement>(new Uri("/v1/customers/" + created, UriKind.Relative));
            Assert.Multiple(() =>
            {
                Assert.That(replayed, Is.EqualTo(created), "the key is remembered");
                Assert.That(known.GetProperty("name").GetString(), Is.EqualTo("A"));
            });
            second.Kill();
        }
        finally
        {
            await TestServers.DropDatabaseAsync(database);
        }
    }

    private static async Task<string> CreateAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/customers", UriKind.Relative));
        request.Headers.Add("Idempotency-Key", "one");
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "A" });
        using var answer = await client.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task<StandInProcess> RunningAsync(string database)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MedTourism.StripeStandIn.dll")]) { RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ConnectionStrings__Database"] = database;
        start.Environment["Stripe__SecretKey"] = StandInServer.SecretKey;
        var process = Process.Start(start)!;
        const string Marker = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Marker, StringComparison.Ordinal))
            {
                return new StandInProcess(process, process.StandardOutput.ReadToEndAsync(), new Uri(line[(line.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..]));
            }
        }

        throw new InvalidOperationException("The stand-in did not start.");
    }

    private sealed class StandInProcess : IDisposable
    {
        private readonly Process _process;

        private readonly Task _rest;

        public StandInProcess(Process process, Task rest, Uri address)
        {
            (_process, _rest) = (process, rest); // read on, or the pipe fills and the process stands still
            Client = new HttpClient { BaseAddress = address };
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", StandInServer.SecretKey);
        }

        public HttpClient Client { get; }

        // SIGKILL: nothing is written on the way out.
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
            _rest.Wait();
        }

        public void Dispose()
        {
            Client.Dispose();
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
