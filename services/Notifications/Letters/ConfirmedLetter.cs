using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;

namespace MedTourism.Notifications.Letters;

/// <summary>"You are booked": when, where, what is paid, until when cancelling is free, and the calendar event.</summary>
internal static class ConfirmedLetter
{
    public static Letter Write(BookingConfirmed booking, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(booking.TimeZone) ?? Recipient.Kazakhstan;
        var when = to.When(booking.Start, zone);
        var address = site.Booking(texts, booking.BookingId);
        return new Letter(
            texts,
            to.Neutral ? texts.Phrase("confirmed.subject.neutral", when) : texts.Phrase("confirmed.subject", [("procedure", texts.Name(booking.ProcedureNames)), .. when]),
            texts.Phrase("confirmed.heading"),
            texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = booking.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("confirmed.intro")],
            Clocks = to.Clocks(booking.Start, zone),
            Facts = [.. SessionLines.Facts(booking.ProcedureNames, booking.CenterNames, to), .. Money(booking, to, zone)],
            Sessions = booking.Sessions is { Length: > 1 } sessions ? SessionLines.Of(sessions, to, zone) : [],
            Action = new LetterAction(texts["action.open"], address),
            Notes = [.. to.Neutral ? [texts.Phrase("neutral.note")] : Array.Empty<Phrase>(), texts.Phrase("confirmed.calendar"), .. booking.Demo ? [texts.Phrase("footer.demo")] : Array.Empty<Phrase>()],
            Calendar = CalendarEntry.From(booking).ToEvents(to, site),
        };
    }

    private static IEnumerable<Fact> Money(BookingConfirmed booking, Recipient to, TimeZoneInfo zone)
    {
        var texts = to.Texts;
        yield return new Fact(
            texts["row.paid"],
            texts.Phrase("row.paid.value", ("deposit", texts.Money(booking.DepositMinor, booking.Currency)), ("price", texts.Money(booking.PriceMinor, booking.Currency))));
        foreach (var term in booking.CancellationLadder)
        {
            yield return new Fact(
                texts["row.cancel"],
                texts.Phrase(
                    "row.cancel.value",
                    ("time", texts.Moment(term.Until, zone)),
                    ("offset", Texts.Offset(term.Until, zone)),
                    ("amount", texts.Money(term.RefundMinor, booking.Currency))));
        }
    }
}
