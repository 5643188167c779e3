namespace MedTourism.Web.Patients.Book;

/// <summary>Suggests Latin letters for a Cyrillic name: ICAO Doc 9303, and for Kazakh letters their nearest plain ones. Only a suggestion: passports differ.</summary>
public static class Transliteration
{
    private static readonly Dictionary<char, string> Letters = Pairs(
        "а A б B в V г G д D е E ё E ж ZH з Z и I й I к K л L м M н N о O п P р R с S т T у U ф F х KH ц TS ч CH ш SH щ SHCH ъ IE ы Y э E ю IU я IA " +
        "ә A ғ G қ K ң N ө O ұ U ү U һ H і I ў U ҳ KH ҷ CH ӣ I ӯ U є IE ї I ґ G");

    public static string Latin(string name) => string.Concat(name.Select(letter =>
        char.ToLowerInvariant(letter) is 'ь' ? "" : Letters.GetValueOrDefault(char.ToLowerInvariant(letter)) ?? char.ToUpperInvariant(letter).ToString()));

    private static Dictionary<char, string> Pairs(string table)
    {
        var words = table.Split(' ');
        return Enumerable.Range(0, words.Length / 2).ToDictionary(at => words[at * 2][0], at => words[(at * 2) + 1]);
    }
}
