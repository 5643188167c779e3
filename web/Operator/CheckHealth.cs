using System.Diagnostics;
using MedTourism.Web.Clients;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Operator;

/// <summary>One look at everything: which services answer, and what waits or lies dead in their queues. Asked all at once, two seconds at most.</summary>
public static class CheckHealth
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder area) => area.MapGet("", Handle);

    public sealed record ServiceHealth(string Name, string State, long Milliseconds);

    /// <summary>Queues are null if the service did not tell.</summary>
    public sealed record Waiting(string Service, ServiceQueues? Queues);

    private static async Task<IResult> Handle(IHttpClientFactory clients, ServiceAddresses services, OperatorClient client, CurrentUser user, CancellationToken ct)
    {
        await user.AccessTokenAsync(); // Once, before the many.
        var health = Task.WhenAll(services.Health().Select(service => AskAsync(clients.CreateClient("health"), service.Name, service.Url, ct)));
        var queues = Task.WhenAll(services.Names.Select(service => LookAsync(client, service, ct)));
        return Pages.Page<HealthPage>(new HealthPage.View(await health, await queues));
    }

    private static async Task<ServiceHealth> AskAsync(HttpClient http, string name, string url, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        var watch = Stopwatch.StartNew();
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new(name, response.IsSuccessStatusCode ? watch.Elapsed > Patience / 2 ? "slow" : "working" : "not-ready", watch.ElapsedMilliseconds);
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new(name, "silent", watch.ElapsedMilliseconds);
        }
    }

    public static async Task<Waiting> LookAsync(OperatorClient client, string service, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience * 2);
        try
        {
            return new(service, (await client.QueuesAsync(service, limit.Token)).Value);
        }
        catch (Exception failure) when (failure is ServiceUnavailableException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new(service, null);
        }
    }
}
