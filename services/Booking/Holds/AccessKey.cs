using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MedTourism.Booking.Holds;

/// <summary>A secret that gives access to one hold and the booking made of it. Only its SHA-256 is stored: it has 256 random bits, so a slow hash adds nothing.</summary>
public static class AccessKey
{
    public const string Header = "X-Access-Key";

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string? key) => SHA256.HashData(Encoding.UTF8.GetBytes(key ?? string.Empty));

    public static bool Opens(string? key, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(Hash(key), hash) && !string.IsNullOrEmpty(key);
}
