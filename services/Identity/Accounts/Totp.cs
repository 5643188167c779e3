using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>Time-based codes of an authenticator app (RFC 6238: six digits, thirty seconds, SHA-1), each good once.</summary>
public static class Totp
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string NewSecret() => string.Concat(RandomNumberGenerator.GetBytes(32).Select(b => Alphabet[b & 31]));

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / 30;

    public static string Code(string secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // the standard's algorithm, and the only one every authenticator app knows
        var hash = HMACSHA1.HashData(Decode(secret), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15, 4)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is, one step early or late allowed; null if none.</summary>
    public static long? StepOf(string secret, string code, DateTimeOffset now)
    {
        var given = Encoding.ASCII.GetBytes(code);
        long? found = null;
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Code(secret, step))))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>Spends the code: of two uses at the same time one finds the step already taken.</summary>
    public static async Task<bool> SpendAsync(IdentityDb db, Guid accountId, string secret, string code, DateTimeOffset now, CancellationToken ct) =>
        StepOf(secret, code, now) is { } step
        && await db.Database.ExecuteSqlAsync(
            $"UPDATE accounts SET totp_last_step = {step} WHERE id = {accountId} AND (totp_last_step IS NULL OR totp_last_step < {step})", ct) == 1;

    /// <summary>What the QR code says.</summary>
    public static string Uri(string secret, string email) =>
        $"otpauth://totp/MedTourism:{System.Uri.EscapeDataString(email)}?secret={secret}&issuer=MedTourism&digits=6&period=30";

    private static byte[] Decode(string secret)
    {
        var bytes = new List<byte>(secret.Length * 5 / 8);
        var (buffer, bits) = (0, 0);
        foreach (var c in secret)
        {
            buffer = ((buffer << 5) | Alphabet.IndexOf(c, StringComparison.Ordinal)) & 0xFFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return [.. bytes];
    }
}
