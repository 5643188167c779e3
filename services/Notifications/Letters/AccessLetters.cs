using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;

namespace MedTourism.Notifications.Letters;

/// <summary>Keys sent by mail: the code that opens a booking and the one-time links of accounts. Neither stands in a subject, which lock screens show.</summary>
internal static class AccessLetters
{
    private static readonly string[] Purposes = ["sign-in", "confirm-email", "reset-password", "invitation"];

    public static Letter Code(BookingCodeRequested requested, string? reference, Recipient to)
    {
        var texts = to.Texts;
        return new Letter(texts, texts.Phrase("code.subject"), texts.Phrase("code.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("code.intro")],
            Code = requested.Code,
            Notes = [texts.Phrase("code.expires", to.Until(requested.ExpiresAt)), texts.Phrase("code.ignore")],
        };
    }

    /// <exception cref="ArgumentException">The purpose has no texts.</exception>
    public static Letter Account(AccountLinkRequested requested)
    {
        if (!Purposes.Contains(requested.Purpose))
        {
            throw new ArgumentException($"No letter is known for '{requested.Purpose}'.", nameof(requested));
        }

        var texts = Texts.For(requested.Culture);
        var key = $"account.{requested.Purpose}";
        (string, Value)[] names = [("brand", texts["brand"]), ("organisation", requested.OrganisationName ?? texts["brand"])];

        // An account has no time zone; the offset is written beside the time.
        var until = new Recipient(texts, "", null, Neutral: true).Until(requested.ExpiresAt);
        return new Letter(texts, texts.Phrase($"{key}.subject", names), texts.Phrase($"{key}.heading"), texts.Phrase("footer.account", names))
        {
            Paragraphs = [texts.Phrase($"{key}.intro", names)],
            Action = new LetterAction(texts[$"{key}.action"], requested.Link),
            Notes = [texts.Phrase("account.expires", until), texts.Phrase("account.ignore")],
        };
    }
}
