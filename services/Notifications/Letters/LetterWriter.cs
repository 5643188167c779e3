using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;
using MedTourism.Contracts.Payment;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Contacts;
using MedTourism.Notifications.Mails;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace MedTourism.Notifications.Letters;

/// <summary>Writes a queued letter in its reader's language: HTML, the same as text, and the calendar file if it has one.</summary>
public sealed class LetterWriter(IServiceProvider services, ILoggerFactory logs, PublicSite site, SealedLetters letters)
{
    public async Task<OutgoingMail> WriteAsync(Mail mail, Contact? contact, string? reference)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var letter = Compose(mail, contact, reference);
        return new OutgoingMail(
            mail.Id.ToString("N"),
            contact?.Email ?? letters.Read<AccountLinkRequested>(mail).Email,
            letter.Texts.Culture,
            letter.Subject.Plain,
            await HtmlAsync(letter),
            LetterText.Write(letter),
            letter.Calendar.Count > 0 ? CalendarFile.Write(letter.Calendar) : null);
    }

    private Letter Compose(Mail mail, Contact? contact, string? reference)
    {
        if (mail.Kind == "account")
        {
            return AccessLetters.Account(letters.Read<AccountLinkRequested>(mail));
        }

        var to = Recipient.Of(contact ?? throw new ArgumentNullException(nameof(contact)));
        return mail.Kind switch
        {
            "code" => AccessLetters.Code(letters.Read<BookingCodeRequested>(mail), reference, to),
            "hold" => HoldLetter.Write(letters.Read<DepositRequested>(mail), to, site),
            "confirmed" => ConfirmedLetter.Write(letters.Read<BookingConfirmed>(mail), to, site),
            "cancelled" => CancelledLetter.Write(letters.Read<BookingCancelled>(mail), to, site),
            "refunded" => MoneyLetters.Refunded(letters.Read<RefundIssued>(mail), reference, to, site),
            "unplaceable" => MoneyLetters.Unplaceable(letters.Read<DepositUnplaceable>(mail), to, site),
            "plan" => PlanLetters.Issued(letters.Read<TreatmentPlanIssued>(mail), to, site),
            "cycle" => CycleLetters.Expected(letters.Read<CycleExpected>(mail), to, site),
            "rescheduled" => PlanLetters.Rescheduled(letters.Read<BookingRescheduled>(mail), to, site),
            "repair" => RepairLetters.Proposed(letters.Read<RepairProposed>(mail), to, site),
            "repair-impossible" => RepairLetters.Impossible(letters.Read<RepairImpossible>(mail), to, site),
            "waitlist" => WaitlistLetters.Joined(letters.Read<WaitlistJoined>(mail), to, site),
            "waitlist-offer" => WaitlistLetters.Offered(letters.Read<WaitlistOffered>(mail), to, site),
            _ => throw new ArgumentException($"No letter is known for '{mail.Kind}'.", nameof(mail)),
        };
    }

    private async Task<string> HtmlAsync(Letter letter)
    {
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(LetterPage.Letter)] = letter });
            return (await renderer.RenderComponentAsync<LetterPage>(parameters)).ToHtmlString();
        });
    }
}
