using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Payment;

namespace MedTourism.Notifications.Letters;

/// <summary>Money that goes back: a refund that was sent, and a payment that came when the time was gone.</summary>
internal static class MoneyLetters
{
    public static Letter Refunded(RefundIssued refund, string? reference, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var amount = texts.Money(refund.AmountMinor, refund.Currency);
        return new Letter(
            texts, texts.Phrase("refunded.subject"), texts.Phrase("refunded.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("refunded.intro", ("amount", amount)), texts.Phrase("refunded.bank")],
            Facts = [new Fact(texts["row.refund"], Phrase.Of(texts, amount))],
            Action = new LetterAction(texts["action.open"], site.Booking(texts, refund.BookingId)),
        };
    }

    public static Letter Unplaceable(DepositUnplaceable deposit, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var amount = texts.Money(deposit.AmountMinor, deposit.Currency);
        return new Letter(
            texts, texts.Phrase("unplaceable.subject"), texts.Phrase("unplaceable.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = deposit.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("unplaceable.intro", ("amount", amount)), texts.Phrase("unplaceable.again")],
            Facts = [new Fact(texts["row.refund"], Phrase.Of(texts, amount))],
            Action = new LetterAction(texts["action.again"], site.Home(texts)),
        };
    }
}
