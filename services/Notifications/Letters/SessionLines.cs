using MedTourism.Contracts.Booking;

namespace MedTourism.Notifications.Letters;

/// <summary>Appointments as lines of a letter, on the center's clock.</summary>
internal static class SessionLines
{
    public static LetterSession[] Of(IReadOnlyList<BookedSession> sessions, Recipient to, TimeZoneInfo zone) =>
        [.. sessions.Where(x => x.State != "cancelled").OrderBy(x => x.Start).Select(x => new LetterSession(
            Label(x.Number, x.Phase, to),
            x.State == "proposed" ? to.Texts.Phrase("proposed", ("time", to.Texts.Moment(x.Start, zone))).Plain : to.Texts.Moment(x.Start, zone)))];

    public static LetterSession[] Of(IEnumerable<MovedSession> moved, Recipient to, TimeZoneInfo zone) =>
        [.. moved.OrderBy(x => x.OldStart).Select(x => new LetterSession(
            Label(x.Number, x.Phase, to),
            x.NewStart is { } start ? to.Texts.Moment(start, zone) : to.Texts["row.none"],
            to.Texts.Moment(x.OldStart, zone)))];

    public static IEnumerable<Fact> Facts(Dictionary<string, string> procedure, Dictionary<string, string> center, Recipient to)
    {
        if (!to.Neutral)
        {
            yield return new Fact(to.Texts["row.procedure"], Phrase.Of(to.Texts, to.Texts.Name(procedure)));
            yield return new Fact(to.Texts["row.center"], Phrase.Of(to.Texts, to.Texts.Name(center)));
        }
    }

    /// <summary>A neutral letter does not say what kind of appointment it is.</summary>
    private static string Label(int number, string phase, Recipient to) => $"{number}. {to.Texts[to.Neutral ? "phase.neutral" : $"phase.{phase}"]}";
}
