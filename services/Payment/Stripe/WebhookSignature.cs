using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MedTourism.Payment.Stripe;

/// <summary>
/// Checks <c>Stripe-Signature: t=…,v1=…</c> over the raw bytes. Any <c>v1</c> under any of our secrets will do, as both are replaced one at a
/// time; the time may be off by five minutes in either direction, as in Stripe.net (stripe-node lets the future pass).
/// </summary>
public static class WebhookSignature
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const int MostSignatures = 16;

    public static bool IsValid(string? header, ReadOnlySpan<byte> body, IEnumerable<string> secrets, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        if (Parse(header) is not var (time, signatures))
        {
            return false;
        }

        var signed = new byte[time.Length + 1 + body.Length];
        Encoding.ASCII.GetBytes(time, signed);
        signed[time.Length] = (byte)'.';
        body.CopyTo(signed.AsSpan(time.Length + 1));
        var matches = false;
        foreach (var secret in secrets)
        {
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
            foreach (var signature in signatures)
            {
                matches |= CryptographicOperations.FixedTimeEquals(expected, signature);
            }
        }

        return matches
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= (long)Tolerance.TotalSeconds;
    }

    private static (string Time, List<byte[]> Signatures)? Parse(string? header)
    {
        string? time = null;
        var signatures = new List<byte[]>();
        foreach (var part in (header ?? string.Empty).Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (part, string.Empty) : (part[..equals], part[(equals + 1)..]);
            if (name == "t" && time is null && value.Length is > 0 and < 16 && value.All(char.IsAsciiDigit))
            {
                time = value;
            }
            else if (name == "v1" && signatures.Count < MostSignatures && IsLowerHex(value))
            {
                signatures.Add(Convert.FromHexString(value));
            }
        }

        return time is null || signatures.Count == 0 ? null : (time, signatures);
    }

    private static bool IsLowerHex(string value) =>
        value.Length == 2 * SHA256.HashSizeInBytes && value.All(character => char.IsAsciiDigit(character) || character is >= 'a' and <= 'f');
}
