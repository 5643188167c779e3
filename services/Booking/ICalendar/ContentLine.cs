using System.Text;

namespace MedTourism.Booking.ICalendar;

/// <summary>One unfolded line, <c>NAME;PARAMETER=value:VALUE</c> (RFC 5545, 3.1). Names are in upper case.</summary>
public sealed record ContentLine(string Name, IReadOnlyDictionary<string, string> Parameters, string Value)
{
    private static readonly Dictionary<string, string> None = [];

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>
    /// Reads UTF-8 text into its lines. Broken characters become replacement characters: what is kept of a calendar is ASCII anyway. Lines end with
    /// CRLF, or with LF alone, as many programs write.
    /// </summary>
    /// <exception cref="CalendarRefusedException"><c>too-large</c> or <c>wrong-encoding</c>.</exception>
    public static IEnumerable<ContentLine> ReadAll(ReadOnlyMemory<byte> octets)
    {
        if (octets.Length > CalendarLimits.Octets)
        {
            throw new CalendarRefusedException("too-large", $"The calendar is larger than {CalendarLimits.Octets} octets.", CalendarLimits.Octets);
        }

        if (octets.Span.Contains((byte)0))
        {
            throw new CalendarRefusedException("wrong-encoding", "The calendar is not UTF-8 text.");
        }

        return Unfold(Encoding.UTF8.GetString(octets.Span).TrimStart('\uFEFF')).Select(Parse).OfType<ContentLine>();
    }

    private static IEnumerable<string> Unfold(string text)
    {
        var line = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            var length = end > at && text[end - 1] == '\r' ? end - at - 1 : end - at;
            if (length > 0 && text[at] is ' ' or '\t')
            {
                line.Append(text, at + 1, length - 1);
            }
            else
            {
                if (line.Length > 0)
                {
                    yield return line.ToString();
                }

                line.Clear().Append(text, at, length);
            }

            at = end + 1;
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    /// <summary>Null for what is no content line; readers pass over those.</summary>
    private static ContentLine? Parse(string line)
    {
        var end = line.AsSpan().IndexOfAny(';', ':');
        if (end <= 0)
        {
            return null;
        }

        var name = line[..end].Trim().ToUpperInvariant();
        if (line[end] == ':')
        {
            return new ContentLine(name, None, line[(end + 1)..]);
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        while (line[end] == ';')
        {
            var start = end + 1;
            end = EndOfParameter(line, start);
            if (end < 0)
            {
                return null;
            }

            var equals = line.IndexOf('=', start, end - start);
            if (equals > 0)
            {
                parameters[line[start..equals].Trim().ToUpperInvariant()] = line[(equals + 1)..end].Replace("\"", string.Empty, StringComparison.Ordinal);
            }
        }

        return new ContentLine(name, parameters, line[(end + 1)..]);
    }

    /// <summary>The next semicolon or colon outside of quotation marks.</summary>
    private static int EndOfParameter(string line, int start)
    {
        var quoted = false;
        for (var i = start; i < line.Length; i++)
        {
            quoted ^= line[i] == '"';
            if (!quoted && line[i] is ';' or ':')
            {
                return i;
            }
        }

        return -1;
    }
}
