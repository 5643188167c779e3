using MedTourism.Contracts.Booking;

namespace MedTourism.Notifications.Letters;

/// <summary>"You are on the waiting list", and "a time is held for you".</summary>
internal static class WaitlistLetters
{
    public static Letter Joined(WaitlistJoined joined, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(joined.TimeZone) ?? Recipient.Kazakhstan;
        return new Letter(texts, texts.Phrase("waitlist.subject"), texts.Phrase("waitlist.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("waitlist.intro")],
            Facts =
            [
                .. SessionLines.Facts(joined.ProcedureNames, joined.CenterNames, to),
                new Fact(texts["row.window"], texts.Phrase("row.window.value", ("from", texts.Date(joined.From, zone)), ("to", texts.Date(joined.To, zone)))),
            ],
            Action = new LetterAction(texts["action.waitlist"], site.Open(texts, "waitlist", joined.EntryId, joined.AccessKey)),
        };
    }

    public static Letter Offered(WaitlistOffered offered, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(offered.TimeZone) ?? Recipient.Kazakhstan;
        return new Letter(
            texts, texts.Phrase("offered.subject", to.When(offered.Start, zone)), texts.Phrase("offered.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("offered.intro", to.Until(offered.ExpiresAt))],
            Clocks = to.Clocks(offered.Start, zone),
            Facts = [.. SessionLines.Facts(offered.ProcedureNames, offered.CenterNames, to)],
            Action = new LetterAction(texts["action.take"], site.Open(texts, "hold", offered.HoldId, offered.AccessKey)),
            Notes = [texts.Phrase("offered.decline")],
        };
    }
}
