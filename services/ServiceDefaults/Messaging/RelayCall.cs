namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>
/// Wakes the relay of this process after a commit that wrote messages. Not PostgreSQL's NOTIFY: in a transaction it takes a lock of the whole
/// cluster until the commit is on disk, so that all commits with messages queue up one behind the other.
/// </summary>
public sealed class RelayCall : IDisposable
{
    private readonly SemaphoreSlim _calls = new(0);
    private bool _called;

    public void Call()
    {
        if (!Interlocked.Exchange(ref _called, true))
        {
            _calls.Release();
        }
    }

    /// <summary>Returns at the next call, or at once if one came since the last look, but after <paramref name="atMost"/> in any case.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        if (await _calls.WaitAsync(atMost, ct))
        {
            Volatile.Write(ref _called, false); // before the look, so that a call during it is not missed
        }
    }

    public void Dispose() => _calls.Dispose();
}
