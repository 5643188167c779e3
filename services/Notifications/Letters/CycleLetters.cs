using MedTourism.Contracts.Booking;

namespace MedTourism.Notifications.Letters;

/// <summary>"When your period starts, tell us here": the link stays good for every change of day 1.</summary>
internal static class CycleLetters
{
    public static Letter Expected(CycleExpected cycle, Recipient to, PublicSite site)
    {
        var texts = to.Texts;

        // A day without an hour: noon, so that no time zone makes another day of it.
        var day = texts.Date(new DateTimeOffset(cycle.Day1.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero), TimeZoneInfo.Utc);
        return new Letter(
            texts, texts.Phrase(to.Neutral ? "cycle.subject.neutral" : "cycle.subject"), texts.Phrase("cycle.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = cycle.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("cycle.intro", ("date", day)), texts.Phrase("cycle.link")],
            Facts = [.. SessionLines.Facts(cycle.ProcedureNames, cycle.CenterNames, to)],
            Action = new LetterAction(texts["action.cycle"], site.Open(texts, "cycle", cycle.CycleId, cycle.AccessKey)),
            Notes = [texts.Phrase("plan.doctor")],
        };
    }
}
