using System.Text;

namespace MedTourism.ServiceDefaults;

/// <summary>
/// Seals the bodies of messages while they wait in the outbox: some carry a guest's key or a one-time link for a letter, of which nothing but a hash is kept
/// anywhere else. A service that publishes such registers it; on the wire messages are as ever.
/// </summary>
public sealed class SealedMessages(Sealing sealing)
{
    public byte[] Seal(Guid messageId, string body) => sealing.Seal(Place(messageId), Encoding.UTF8.GetBytes(body));

    /// <exception cref="System.Security.Cryptography.CryptographicException">It was sealed with another key, or for another message.</exception>
    public string Open(Guid messageId, byte[] body) => Encoding.UTF8.GetString(sealing.Open(Place(messageId), body));

    private static string Place(Guid messageId) => $"outbox/body/{messageId}";
}
