using System.Diagnostics;

namespace MedTourism.TestKit;

/// <summary>Waits for something that other threads or processes bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Looks again and again until <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time; the message is <paramref name="failure"/>.</exception>
    public static async Task That(Func<Task<bool>> condition, string failure, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var limit = within ?? Patience;
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await condition())
        {
            if (watch.Elapsed > limit)
            {
                throw new TimeoutException($"{failure} (waited {limit.TotalSeconds} s)");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <inheritdoc cref="That(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task That(Func<bool> condition, string failure, TimeSpan? within = null) =>
        That(() => Task.FromResult(condition()), failure, within);

    /// <summary>Asks again and again until <paramref name="ask"/> gives a value.</summary>
    /// <returns>That value.</returns>
    public static async Task<T> Get<T>(Func<Task<T?>> ask, string failure, TimeSpan? within = null)
        where T : class
    {
        T? found = null;
        await That(async () => (found = await ask()) is not null, failure, within);
        return found!;
    }
}
