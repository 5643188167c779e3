using System.Text;
using System.Text.RegularExpressions;

namespace MedTourism.Notifications.Tests.Support;

/// <summary>A letter as a mail program reads it: headers decoded, MIME parts taken apart.</summary>
public sealed partial record ReceivedMail(IReadOnlyList<string> To, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<MimePart> Parts)
{
    public string Subject => Headers["subject"];

    public string MessageId => Headers["message-id"];

    public string Text => Parts.Single(part => part.Type == "text/plain").Content;

    public string Html => Parts.Single(part => part.Type == "text/html").Content;

    public MimePart? Calendar => Parts.SingleOrDefault(part => part.Type == "text/calendar");

    public static ReceivedMail Parse(IReadOnlyList<string> to, string data)
    {
        var (headers, body) = Split(data);
        return new ReceivedMail(to, headers, [.. PartsOf(headers, body)]);
    }

    private static IEnumerable<MimePart> PartsOf(Dictionary<string, string> headers, string body)
    {
        var type = headers.GetValueOrDefault("content-type", "text/plain");
        if (Boundary().Match(type) is { Success: true } boundary)
        {
            // The first piece is the preamble, the last what follows the closing boundary.
            var pieces = body.Split("--" + boundary.Groups[1].Value);
            return pieces[1..^1].SelectMany(piece =>
            {
                var (inner, content) = Split(piece.TrimStart('\r', '\n'));
                return PartsOf(inner, content);
            });
        }

        var decoded = headers.GetValueOrDefault("content-transfer-encoding", "").Equals("base64", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(body))
            : body;
        return [new MimePart(type.Split(';')[0].Trim(), type, headers.GetValueOrDefault("content-disposition", ""), decoded)];
    }

    private static (Dictionary<string, string> Headers, string Body) Split(string data)
    {
        var end = data.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var unfolded = FoldedHeader().Replace(data[..end], " ");
        var headers = unfolded.Split("\r\n").Select(line => line.Split(':', 2)).ToDictionary(
            pair => pair[0].ToLowerInvariant(), pair => EncodedWord().Replace(SpaceBetweenWords().Replace(pair[1].Trim(), ""), Decode));
        return (headers, data[(end + 4)..]);
    }

    private static string Decode(Match word) => word.Groups[1].Value.Equals("B", StringComparison.OrdinalIgnoreCase)
        ? Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[2].Value))
        : throw new NotSupportedException("Only base64 words are sent by this service.");

    [GeneratedRegex("boundary=\"?([^\";\r\n]+)\"?")]
    private static partial Regex Boundary();

    [GeneratedRegex("\r\n[ \t]+")]
    private static partial Regex FoldedHeader();

    [GeneratedRegex(@"=\?utf-8\?([BQ])\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"(?<=\?=)\s+(?==\?)")]
    private static partial Regex SpaceBetweenWords();
}

public sealed record MimePart(string Type, string FullType, string Disposition, string Content);
