using MedTourism.Contracts.Booking;

namespace MedTourism.Notifications.Letters;

/// <summary>A machine failed: old and new times side by side with a question, or sessions for which there is no new time.</summary>
internal static class RepairLetters
{
    public static Letter Proposed(RepairProposed repair, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(repair.TimeZone) ?? Recipient.Kazakhstan;
        var (old, moved) = (texts.Date(repair.OldEnd, zone), texts.Date(repair.NewEnd, zone));
        return new Letter(
            texts, texts.Phrase("repair.subject", to.Until(repair.AnswerBy)), texts.Phrase("repair.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = repair.Reference,
            Greeting = to.Greeting,
            Paragraphs =
            [
                texts.Phrase("repair.intro"),
                old == moved ? texts.Phrase("repair.end.same", ("date", old)) : texts.Phrase("repair.end.moves", ("old", old), ("new", moved)),
                texts.Phrase("repair.answer", to.Until(repair.AnswerBy)),
            ],
            Facts = [.. SessionLines.Facts(repair.ProcedureNames, repair.CenterNames, to)],
            Sessions = SessionLines.Of(repair.Moved, to, zone),
            Action = new LetterAction(texts["action.answer"], site.Open(texts, "repair", repair.BookingId, repair.AccessKey)),
        };
    }

    public static Letter Impossible(RepairImpossible repair, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(repair.TimeZone) ?? Recipient.Kazakhstan;
        return new Letter(texts, texts.Phrase("impossible.subject"), texts.Phrase("impossible.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = repair.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("impossible.intro")],
            Facts = [.. SessionLines.Facts(repair.ProcedureNames, repair.CenterNames, to)],
            Sessions = SessionLines.Of(repair.Lost, to, zone),
            Action = new LetterAction(texts["action.open"], site.Open(texts, "repair", repair.BookingId, repair.AccessKey)),
        };
    }
}
