using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace MedTourism.Booking.Bookings;

/// <summary>The short name of a booking that people say and type: <c>KZ-4F7Q-92</c>. No letter or digit that looks like another.</summary>
public static partial class Reference
{
    private const string Letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    public static string New() => $"KZ-{RandomNumberGenerator.GetString(Letters, 4)}-{RandomNumberGenerator.GetString(Letters, 2)}";

    /// <summary>Always the same for the same id; only for demonstrations, because it can be guessed from the id.</summary>
    public static string Of(Guid id)
    {
        var letters = string.Concat(id.ToByteArray().Take(6).Select(x => Letters[x % Letters.Length]));
        return $"KZ-{letters[..4]}-{letters[4..]}";
    }

    /// <summary>As it is stored, however it was typed: lower case, spaces, without hyphens or the leading KZ.</summary>
    public static string Normalise(string? typed)
    {
        var bare = NotLetters().Replace((typed ?? string.Empty).ToUpperInvariant(), string.Empty);
        bare = bare.Length == 8 && bare.StartsWith("KZ", StringComparison.Ordinal) ? bare[2..] : bare;
        return bare.Length == 6 ? $"KZ-{bare[..4]}-{bare[4..]}" : string.Empty;
    }

    [GeneratedRegex("[^0-9A-Z]")]
    private static partial Regex NotLetters();
}
