using System.Security.Cryptography;
using System.Text;
using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Accounts;

/// <summary>
/// Seals what the database must not be able to tell: AES-256-GCM with a key derived from <c>Identity:SecretKey</c>. Each value is bound to its
/// place, so that one copied into another row does not open there.
/// </summary>
public sealed class Secrets
{
    private const string Version = "v1:";
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly byte[] key;

    /// <exception cref="InvalidOperationException">The setting is missing or has fewer than 32 characters.</exception>
    public Secrets(IConfiguration configuration)
    {
        var secret = configuration.Required("Identity:SecretKey");
        if (secret.Length < 32)
        {
            throw new InvalidOperationException("The setting 'Identity:SecretKey' needs at least 32 random characters.");
        }

        key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "medtourism-identity-secrets"u8.ToArray());
    }

    public static bool IsSealed(string stored) => stored.StartsWith(Version, StringComparison.Ordinal);

    /// <summary>The place of an account's second factor.</summary>
    public static string TotpOf(Guid accountId) => $"accounts.totp_secret:{accountId}";

    /// <summary>The place of a second factor that is being set up.</summary>
    public static string PendingOf(Guid signInId) => $"sign_ins.pending_secret:{signInId}";

    public string Seal(string place, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(place));
        return Version + Convert.ToBase64String(box);
    }

    /// <summary>Gives back what was sealed for this place; a value from before sealing is given back as it is.</summary>
    /// <exception cref="CryptographicException">Another key or another place.</exception>
    public string Open(string place, string stored)
    {
        if (!IsSealed(stored))
        {
            return stored;
        }

        var box = Convert.FromBase64String(stored[Version.Length..]).AsSpan();
        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(place));
        return Encoding.UTF8.GetString(plain);
    }
}
