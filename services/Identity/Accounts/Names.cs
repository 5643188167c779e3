using System.Text;

namespace MedTourism.Identity.Accounts;

/// <summary>A person's name as they write it, in any script: one word is a whole name, and nobody is asked for a second.</summary>
internal static class Names
{
    /// <summary>In UTF-16 units, as a form field counts; the database counts characters, of which there are no more.</summary>
    public const int MaxLength = 120;

    /// <summary>What was typed, with single spaces; null if there is no letter in it, if it is too long or if it would turn the line around it.</summary>
    public static string? Read(string? typed)
    {
        var name = string.Join(' ', (typed ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Normalize();
        return name.Length <= MaxLength && name.EnumerateRunes().Any(Rune.IsLetter) && !name.Any(Turns) ? name : null;
    }

    /// <summary>Control characters, and those that override the direction of writing. Joiners stay: Persian is written with them.</summary>
    private static bool Turns(char letter) => char.IsControl(letter) || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
