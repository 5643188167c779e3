using System.Collections.Concurrent;

namespace MedTourism.StripeStandIn.Api;

/// <summary>
/// Failures to inject into the next requests: <c>500</c> before anything happens, <c>500-stored</c> remembered under the key, <c>429</c>,
/// <c>409</c>, <c>drop</c> (connection lost before), <c>drop-after-commit</c> (done, but the answer is lost) and <c>hold</c> (slow, for concurrent keys).
/// </summary>
internal sealed class Faults
{
    private readonly ConcurrentQueue<Fault> waiting = new();

    public int Waiting => waiting.Count;

    public void Add(Fault fault) => waiting.Enqueue(fault);

    public void Clear() => waiting.Clear();

    /// <summary>The first waiting fault, if it is meant for this request; it is used up.</summary>
    public Fault? Take(string method, string path) =>
        waiting.TryPeek(out var next)
        && (next.Method is null || next.Method == method)
        && (next.PathContains is null || path.Contains(next.PathContains, StringComparison.Ordinal))
        && waiting.TryDequeue(out var fault) ? fault : null;
}

internal sealed record Fault(string Kind, string? Method = null, string? PathContains = null, int HoldMs = 0)
{
    public bool DropsAnswer => Kind == "drop-after-commit";

    public bool FailsForGood => Kind == "500-stored";

    public void Before()
    {
        switch (Kind)
        {
            case "500":
                throw new StripeError(500, "api_error", null, "Something went wrong, please try again");
            case "429":
                throw new StripeError(429, "invalid_request_error", "rate_limit", "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests.");
            case "409":
                throw new StripeError(409, "invalid_request_error", "lock_timeout", "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.");
            case "drop":
                throw new ConnectionDroppedException();
            default:
                break;
        }
    }

    public Task HoldAsync(CancellationToken ct) => Kind == "hold" ? Task.Delay(HoldMs, ct) : Task.CompletedTask;
}

internal sealed class ConnectionDroppedException : Exception;
