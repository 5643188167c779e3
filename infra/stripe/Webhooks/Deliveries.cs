using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Webhooks;

/// <summary>Sends signed events to their endpoints and tries again, ever more slowly, until one answers with a 2xx.</summary>
internal sealed class Deliveries(Store store, StandInClock clock, IHttpClientFactory clients, ILogger<Deliveries> log) : BackgroundService
{
    public const string ClientName = "webhooks";

    private const int GiveUpAfter = 30;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await store.WaitForDeliveryAsync(TimeSpan.FromMilliseconds(50), stoppingToken);
                var due = await store.ReadAsync(Due, stoppingToken);
                await Parallel.ForEachAsync(
                    due,
                    new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = stoppingToken },
                    async (job, ct) => await DeliverAsync(job, ct));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "A pass of webhook deliveries failed");
            }
        }
    }

    private static List<Job> Due(Unit unit)
    {
        var now = unit.Now.ToUnixTimeMilliseconds();
        return
        [
            .. from delivery in unit.All("delivery", body => body["next_at"]!.GetValue<long>() <= now).Reverse()
               let @event = unit.Find("event", delivery["event"]!.GetValue<string>())
               where @event is not null
               select new Job(delivery, @event),
        ];
    }

    private async Task DeliverAsync(Job job, CancellationToken ct)
    {
        var delivered = await SendAsync(job, ct);
        await store.ChangeAsync(unit => Record(unit, job, delivered), CancellationToken.None);
    }

    private async Task<bool> SendAsync(Job job, CancellationToken ct)
    {
        var body = Unit.Public(job.Event).ToJsonString(Indented);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerWithin);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, job.Delivery["url"]!.GetValue<string>());
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            request.Headers.TryAddWithoutValidation("Stripe-Signature", Signing.Header(body, job.Delivery["secret"]!.GetValue<string>(), clock.UnixSeconds));
            request.Headers.TryAddWithoutValidation("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
            using var answer = await client.SendAsync(request, limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool Record(Unit unit, Job job, bool delivered)
    {
        var id = job.Delivery["id"]!.GetValue<string>();
        if (unit.Find("delivery", id) is not { } delivery)
        {
            return false;
        }

        var attempts = delivery["attempts"]!.GetValue<int>() + 1;
        if (delivered || attempts >= GiveUpAfter)
        {
            unit.Remove("delivery", id);
            if (delivered && unit.Find("event", job.Event["id"]!.GetValue<string>()) is { } @event)
            {
                @event["pending_webhooks"] = Math.Max(0, @event["pending_webhooks"]!.GetValue<int>() - 1);
                @event["_delivered"] = true;
                unit.Put("event", @event);
            }

            return delivered;
        }

        delivery["attempts"] = attempts;
        delivery["next_at"] = unit.Now.AddSeconds(Math.Min(60, Math.Pow(2, attempts - 1) / 2)).ToUnixTimeMilliseconds();
        unit.Put("delivery", delivery);
        return false;
    }

    private sealed record Job(JsonObject Delivery, JsonObject Event);
}
