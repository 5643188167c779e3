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

    /// <summary>The steps of a cycle: what is new was nowhere before, what is dropped is not needed, and what waits for the laboratory says so.</summary>
    public static LetterSession[] OfCycle(BookingRescheduled booking, Recipient to, TimeZoneInfo zone)
    {
        var proposed = booking.Sessions.Where(x => x.State == "proposed").Select(x => x.SessionId).ToHashSet();
        return [.. booking.Moved.OrderBy(x => x.NewStart ?? x.OldStart).Select(x => new LetterSession(
            Label(x.Number, x.Phase, to),
            x.NewStart is not { } start ? to.Texts["row.dropped"]
                : proposed.Contains(x.SessionId) ? to.Texts.Phrase("proposed", ("time", to.Texts.Moment(start, zone))).Plain : to.Texts.Moment(start, zone),
            x.OldStart == x.NewStart ? to.Texts["row.new"] : to.Texts.Moment(x.OldStart, zone)))];
    }

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
