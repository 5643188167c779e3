using System.Net;

namespace MedTourism.Payment.Stripe;

/// <summary>When and how late Stripe's own clients try again, always under the same idempotency key.</summary>
public sealed record RetryPolicy(int MaxRetries, TimeSpan InitialDelay, TimeSpan MaxDelay)
{
    public static readonly RetryPolicy Default = new(2, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5));

    /// <summary>Connection errors always; else what Stripe says; else conflicts and failures of the server. Never other refusals.</summary>
    public bool ShouldRetry(int retries, HttpStatusCode? status, string? stripeShouldRetry)
    {
        if (retries >= MaxRetries)
        {
            return false;
        }

        return (status, stripeShouldRetry) switch
        {
            (null, _) => true,
            (_, "false") => false,
            (_, "true") => true,
            _ => status == HttpStatusCode.Conflict || (int)status >= 500,
        };
    }

    /// <summary>Doubles from the first delay up to the longest, less up to half at random, never below the first.</summary>
    public TimeSpan DelayBefore(int retry, double random)
    {
        var longest = Math.Min(InitialDelay.TotalSeconds * Math.Pow(2, retry - 1), MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Max(InitialDelay.TotalSeconds, longest * 0.5 * (1 + random)));
    }
}
