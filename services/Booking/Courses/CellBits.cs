using System.Numerics;

namespace MedTourism.Booking.Courses;

/// <summary>A row of cells, each free or not, as bits: questions about many cells are answered a word at a time.</summary>
public sealed class CellBits
{
    private const int WordBits = 64;
    private readonly ulong[] _words;

    public CellBits(int count)
    {
        Count = count;
        _words = new ulong[(count + WordBits - 1) / WordBits];
    }

    private CellBits(int count, ulong[] words) => (Count, _words) = (count, words);

    public int Count { get; }

    public bool this[int cell] => (uint)cell < (uint)Count && (_words[cell >> 6] & (1UL << cell)) != 0;

    /// <summary>Sets [from, to); what lies outside is left out.</summary>
    public void Set(int from, int to) => Each(from, to, static (words, i, mask) => words[i] |= mask);

    public void Clear(int from, int to) => Each(from, to, static (words, i, mask) => words[i] &= ~mask);

    /// <summary>True if all of [from, from + count) is set.</summary>
    public bool All(int from, int count)
    {
        if (from < 0 || from + count > Count)
        {
            return false;
        }

        for (var (cell, left) = (from, count); left > 0;)
        {
            var bits = Math.Min(left, WordBits - (cell & 63));
            var mask = Mask(cell & 63, bits);
            if ((_words[cell >> 6] & mask) != mask)
            {
                return false;
            }

            (cell, left) = (cell + bits, left - bits);
        }

        return true;
    }

    public bool Any(int from, int to) => Next(from, to) >= 0;

    /// <summary>The first set cell of [from, to), or -1.</summary>
    public int Next(int from, int to)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, Count));
        for (var word = from >> 6; from < to && word <= (to - 1) >> 6; word++)
        {
            var bits = _words[word] & (word == from >> 6 ? ulong.MaxValue << from : ulong.MaxValue);
            if (bits != 0)
            {
                var cell = (word << 6) + BitOperations.TrailingZeroCount(bits);
                return cell < to ? cell : -1;
            }
        }

        return -1;
    }

    /// <summary>The last set cell of [from, to), or -1.</summary>
    public int Previous(int from, int to)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, Count));
        for (var word = (to - 1) >> 6; from < to && word >= from >> 6; word--)
        {
            var bits = _words[word] & (word == (to - 1) >> 6 ? ulong.MaxValue >> (63 - ((to - 1) & 63)) : ulong.MaxValue);
            if (bits != 0)
            {
                var cell = (word << 6) + 63 - BitOperations.LeadingZeroCount(bits);
                return cell >= from ? cell : -1;
            }
        }

        return -1;
    }

    /// <summary>The set cell of [from, to) nearest to <paramref name="wanted"/>, the earlier of two; -1 if there is none.</summary>
    public int Nearest(int from, int to, int wanted)
    {
        var after = Next(Math.Max(from, wanted), to);
        var before = Previous(from, Math.Min(to, wanted));
        return after < 0 ? before : before < 0 || after - wanted < wanted - before ? after : before;
    }

    /// <summary>The cells at which <paramref name="length"/> set cells begin.</summary>
    public CellBits StartsOf(int length)
    {
        var words = (ulong[])_words.Clone();
        for (var have = 1; have < length;)
        {
            var shift = Math.Min(have, length - have);
            AndShifted(words, shift);
            have += shift;
        }

        return new CellBits(Count, words);
    }

    public CellBits And(CellBits other) => Combine(other, static (a, b) => a & b);

    public CellBits Or(CellBits other) => Combine(other, static (a, b) => a | b);

    public int CountSet(int from, int to)
    {
        var count = 0;
        Each(from, to, (words, i, mask) => count += BitOperations.PopCount(words[i] & mask));
        return count;
    }

    private static ulong Mask(int from, int bits) => (bits == WordBits ? ulong.MaxValue : (1UL << bits) - 1) << from;

    /// <summary>Each bit stays only if the one so many cells later is set too. In place: a word is read before the ones after it are changed.</summary>
    private static void AndShifted(ulong[] words, int shift)
    {
        var (skip, bits) = (shift >> 6, shift & 63);
        for (var i = 0; i < words.Length; i++)
        {
            var low = i + skip < words.Length ? words[i + skip] : 0;
            var high = i + skip + 1 < words.Length ? words[i + skip + 1] : 0;
            words[i] &= bits == 0 ? low : (low >> bits) | (high << (WordBits - bits));
        }
    }

    private CellBits Combine(CellBits other, Func<ulong, ulong, ulong> how)
    {
        ArgumentNullException.ThrowIfNull(other);
        var words = new ulong[_words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = how(_words[i], other._words[i]);
        }

        return new CellBits(Count, words);
    }

    private void Each(int from, int to, Action<ulong[], int, ulong> change)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, Count));
        while (from < to)
        {
            var bits = Math.Min(to - from, WordBits - (from & 63));
            change(_words, from >> 6, Mask(from & 63, bits));
            from += bits;
        }
    }
}
