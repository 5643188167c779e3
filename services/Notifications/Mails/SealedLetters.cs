using System.Text.Json;

namespace MedTourism.Notifications.Mails;

/// <summary>
/// Seals the message of a letter with <c>Notifications:SecretKey</c> while it waits: some carry a code, a one-time link or a guest's key, of which nothing
/// but a hash is kept anywhere else. Each is bound to what makes its letter one letter, which a newer message for the same letter keeps.
/// </summary>
public sealed class SealedLetters(IConfiguration configuration)
{
    private readonly Sealing _sealing = Sealing.FromSetting(configuration, "Notifications:SecretKey", "medtourism-notifications-letters");

    public byte[] Seal<T>(string kind, string key, T message) => Seal(kind, key, JsonSerializer.SerializeToUtf8Bytes(message));

    public byte[] Seal(string kind, string key, byte[] json) => _sealing.Seal(PlaceOf(kind, key), json);

    /// <exception cref="System.Security.Cryptography.CryptographicException">It was sealed with another key, or for another letter.</exception>
    public T Read<T>(Mail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return mail.SealedPayload is { } box
            ? JsonSerializer.Deserialize<T>(_sealing.Open(PlaceOf(mail.Kind, mail.Key), box))!
            : JsonSerializer.Deserialize<T>(mail.Payload ?? throw new ArgumentException("The letter's payload is gone.", nameof(mail)))!;
    }

    private static string PlaceOf(string kind, string key) => $"mails/payload/{kind}/{key}";
}
