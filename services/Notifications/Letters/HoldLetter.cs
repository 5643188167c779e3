using MedTourism.Contracts.Booking;

namespace MedTourism.Notifications.Letters;

/// <summary>"Your time is held until ...; pay here".</summary>
internal static class HoldLetter
{
    public static Letter Write(DepositRequested deposit, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(deposit.TimeZone) ?? Recipient.Kazakhstan;
        var amount = texts.Money(deposit.AmountMinor, deposit.Currency);
        return new Letter(
            texts,
            texts.Phrase("hold.subject", ("time", texts.Time(deposit.DueBy, to.OwnZone)), ("offset", Texts.Offset(deposit.DueBy, to.OwnZone))),
            texts.Phrase("hold.heading"),
            texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = deposit.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("hold.intro", [.. to.Until(deposit.DueBy), ("amount", amount)])],
            Clocks = to.Clocks(deposit.Start ?? deposit.DueBy, zone),
            Facts = [new Fact(texts["row.deposit"], Phrase.Of(texts, amount))],
            Action = new LetterAction(texts["action.pay"], site.Booking(texts, deposit.BookingId)),
            Notes = [texts.Phrase("hold.after")],
        };
    }
}
