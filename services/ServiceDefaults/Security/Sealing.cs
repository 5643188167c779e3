using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace MedTourism.ServiceDefaults;

/// <summary>
/// Seals what a database must not be able to tell: AES-256-GCM with a key derived from a secret for one purpose. Each value is bound to its place, so
/// that one copied into another row does not open there.
/// </summary>
public sealed class Sealing
{
    private const string Version = "v1:";
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int ShortestSecret = 32;
    private readonly byte[] _key;
    private readonly byte[] _known;

    public Sealing(string secret, string purpose)
    {
        ArgumentNullException.ThrowIfNull(secret);
        _key = Derive(purpose);
        _known = Derive($"{purpose}/known");

        byte[] Derive(string info) => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: Encoding.UTF8.GetBytes(info));
    }

    /// <exception cref="InvalidOperationException">The setting is missing or has fewer than 32 characters.</exception>
    public static Sealing FromSetting(IConfiguration configuration, string setting, string purpose)
    {
        var secret = configuration.Required(setting);
        return secret.Length >= ShortestSecret
            ? new Sealing(secret, purpose)
            : throw new InvalidOperationException($"The setting '{setting}' needs at least {ShortestSecret} random characters.");
    }

    public static bool IsSealed(string stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.StartsWith(Version, StringComparison.Ordinal);
    }

    public string Seal(string place, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
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
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(place));
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>32 octets that are the same for the same value, and tell nothing of it to whoever has no key.</summary>
    public byte[] Known(string value) => HMACSHA256.HashData(_known, Encoding.UTF8.GetBytes(value));
}
