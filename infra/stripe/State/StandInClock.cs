namespace MedTourism.StripeStandIn.State;

/// <summary>The provider's time, which tests may move forward.</summary>
public sealed class StandInClock(TimeProvider time)
{
    private long advancedTicks;

    public DateTimeOffset Now => time.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref advancedTicks));

    public long UnixSeconds => Now.ToUnixTimeSeconds();

    public void Advance(TimeSpan by) => Interlocked.Add(ref advancedTicks, by.Ticks);
}
