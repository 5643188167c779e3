namespace MedTourism.ServiceDefaults;

/// <summary>
/// Seals the answers kept for repeated requests: they may hold a guest's key or a calendar's secret address, of which nothing but a hash is kept
/// anywhere else. A service that gives such out registers it.
/// </summary>
public sealed class SealedAnswers(Sealing sealing)
{
    public byte[]? Seal(IdempotencyKey key, byte[]? body) => body is { Length: > 0 } ? sealing.Seal(Place(key), body) : body;

    /// <summary>An answer from before sealing is given back as it is.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was sealed with another key, or for another request.</exception>
    public byte[] Open(IdempotencyKey key, byte[] kept) => sealing.Open(Place(key), kept);

    private static string Place(IdempotencyKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return $"idempotency/body/{key.Caller}\n{key.Route}\n{key.Key}";
    }
}
