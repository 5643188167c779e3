using System.Text;

namespace MedTourism.Catalog.Search;

/// <summary>
/// Words as search sees them: lower case, Latin letters without accents, ё as е, Kazakh letters as the Russian ones that people without a
/// Kazakh keyboard type instead, Arabic without vowel signs and with one form of each letter. The index and the queries are folded alike.
/// </summary>
public static class Words
{
    private const int MostTokens = 8;

    private static readonly HashSet<string> Stop = new(StringComparer.Ordinal)
    {
        "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
        "в", "во", "для", "до", "и", "из", "или", "к", "на", "о", "от", "по", "с", "со", "у",
        "жане", "мен", "пен", "ушин",
        "الي", "او", "عن", "علي", "في", "مع", "من",
        "au", "aux", "avec", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur", "un", "une",
    };

    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKC).ToLowerInvariant())
        {
            switch (c)
            {
                case 'ё': folded.Append('е'); break;
                case 'ә': folded.Append('а'); break;
                case 'ғ': folded.Append('г'); break;
                case 'қ': folded.Append('к'); break;
                case 'ң': folded.Append('н'); break;
                case 'ө': folded.Append('о'); break;
                case 'ұ' or 'ү': folded.Append('у'); break;
                case 'һ': folded.Append('х'); break;
                case 'і': folded.Append('и'); break;
                case 'أ' or 'إ' or 'آ' or 'ٱ': folded.Append('ا'); break;
                case 'ى' or 'ئ' or 'ی': folded.Append('ي'); break;
                case 'ؤ': folded.Append('و'); break;
                case 'ة': folded.Append('ه'); break;
                case 'ک': folded.Append('ك'); break;
                case 'ـ' or (>= '\u064B' and <= '\u0652') or '\u0670': break;
                case 'œ': folded.Append("oe"); break;
                case 'æ': folded.Append("ae"); break;
                case 'ß': folded.Append("ss"); break;
                case >= '\u00C0' and <= '\u024F': folded.Append(c.ToString().Normalize(NormalizationForm.FormD)[0]); break;
                default: folded.Append(char.IsLetterOrDigit(c) ? c : ' '); break;
            }
        }

        return folded.ToString();
    }

    /// <summary>The words of a text, once each, in order.</summary>
    public static IEnumerable<string> In(string text) => Fold(text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct();

    /// <summary>The words a query is made of, without those that say nothing.</summary>
    public static string[] Query(string? text)
    {
        var all = In(text ?? string.Empty).ToList();
        var telling = all.Where(word => !Stop.Contains(word) && (word.Length > 1 || char.IsDigit(word[0]))).ToList();
        return [.. (telling.Count > 0 ? telling : all).Take(MostTokens)];
    }
}
