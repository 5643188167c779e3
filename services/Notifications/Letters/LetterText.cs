using System.Text;

namespace MedTourism.Notifications.Letters;

/// <summary>A letter as plain text, for readers and machines that want no HTML.</summary>
internal static class LetterText
{
    public static string Write(Letter letter)
    {
        var text = new StringBuilder();
        Block(letter.Heading.Plain, letter.Reference);
        Block(letter.Greeting?.Plain);
        Block([.. letter.Paragraphs.Select(paragraph => paragraph.Plain)]);
        Block(letter.Code);
        Block([.. letter.Clocks.Select(clock => $"{clock.Label.Plain}: {clock.Date}{letter.Texts.Comma}{clock.Time}")]);
        Block([.. letter.Facts.Select(fact => $"{fact.Label}: {fact.Value.Plain}")]);
        Block([.. letter.Sessions.Select(session => session.Was is null ? $"{session.Label}: {session.When}" : $"{session.Label}: {session.Was} → {session.When}")]);
        Block(letter.Action is { } action ? [$"{action.Label}:", action.Address] : []);
        Block([.. letter.Notes.Select(note => note.Plain)]);
        Block("-- ", letter.Footer.Plain);
        return text.ToString();

        void Block(params string?[] lines)
        {
            var written = lines.Where(line => !string.IsNullOrEmpty(line)).ToArray();
            if (written.Length > 0)
            {
                text.Append(text.Length > 0 ? "\r\n" : "").AppendJoin("\r\n", written).Append("\r\n");
            }
        }
    }
}
