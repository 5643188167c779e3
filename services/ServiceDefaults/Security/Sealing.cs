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

    // No text begins with it: what is not sealed is told apart.
    private static readonly byte[] Mark = [0xFF, (byte)'v', (byte)'1'];

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

    public string Seal(string place, string value) => Version + Convert.ToBase64String(Box(place, Encoding.UTF8.GetBytes(value)));

    /// <summary>Gives back what was sealed for this place; a value from before sealing is given back as it is.</summary>
    /// <exception cref="CryptographicException">Another key or another place.</exception>
    public string Open(string place, string stored) =>
        IsSealed(stored) ? Encoding.UTF8.GetString(Unbox(place, Convert.FromBase64String(stored[Version.Length..]))) : stored;

    /// <summary>The same for octets, without the detour over text.</summary>
    public byte[] Seal(string place, byte[] value) => [.. Mark, .. Box(place, value)];

    /// <exception cref="CryptographicException">Another key or another place.</exception>
    public byte[] Open(string place, byte[] stored) => stored.AsSpan().StartsWith(Mark) ? Unbox(place, stored.AsSpan(Mark.Length)) : stored;

    private byte[] Box(string place, ReadOnlySpan<byte> plain)
    {
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(place));
        return box;
    }

    private byte[] Unbox(string place, ReadOnlySpan<byte> box)
    {
        if (box.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("Too short to be sealed.");
        }

        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(place));
        return plain;
    }

    /// <summary>32 octets that are the same for the same value, and tell nothing of it to whoever has no key.</summary>
    public byte[] Known(string value) => HMACSHA256.HashData(_known, Encoding.UTF8.GetBytes(value));
}
