using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;

namespace MedTourism.Notifications.Letters;

/// <summary>"The booking is cancelled": by whom, what comes back, and the event that leaves the calendar.</summary>
internal static class CancelledLetter
{
    public static Letter Write(BookingCancelled booking, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(booking.TimeZone) ?? Recipient.Kazakhstan;
        var when = to.When(booking.Start, zone);
        var by = booking.CancelledBy is "clinic" or "operator" ? booking.CancelledBy : "patient";
        var money = booking.RefundMinor > 0
            ? texts.Phrase("cancelled.refund", ("amount", texts.Money(booking.RefundMinor, booking.Currency)))
            : texts.Phrase("cancelled.norefund");
        return new Letter(
            texts,
            to.Neutral ? texts.Phrase("cancelled.subject.neutral", when) : texts.Phrase("cancelled.subject", [("procedure", texts.Name(booking.ProcedureNames)), .. when]),
            texts.Phrase("cancelled.heading"),
            texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = booking.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase($"cancelled.intro.{by}"), money],
            Clocks = to.Clocks(booking.Start, zone),
            Facts = [.. SessionLines.Facts(booking.ProcedureNames, booking.CenterNames, to)],
            Action = new LetterAction(texts["action.open"], site.Booking(texts, booking.BookingId)),
            Notes = [texts.Phrase("cancelled.calendar")],
            Calendar = CalendarEntry.From(booking).ToEvents(to, site),
        };
    }
}
