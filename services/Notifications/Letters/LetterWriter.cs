using System.Text.Json;
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
public sealed class LetterWriter(IServiceProvider services, ILoggerFactory logs, PublicSite site)
{
    public async Task<OutgoingMail> WriteAsync(Mail mail, Contact? contact, string? reference)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var letter = Compose(mail, contact, reference);
        return new OutgoingMail(
            mail.Id.ToString("N"),
            contact?.Email ?? Read<AccountLinkRequested>(mail).Email,
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
            return AccessLetters.Account(Read<AccountLinkRequested>(mail));
        }

        var to = Recipient.Of(contact ?? throw new ArgumentNullException(nameof(contact)));
        return mail.Kind switch
        {
            "code" => AccessLetters.Code(Read<BookingCodeRequested>(mail), reference, to),
            "hold" => HoldLetter.Write(Read<DepositRequested>(mail), to, site),
            "confirmed" => ConfirmedLetter.Write(Read<BookingConfirmed>(mail), to, site),
            "cancelled" => CancelledLetter.Write(Read<BookingCancelled>(mail), to, site),
            "refunded" => MoneyLetters.Refunded(Read<RefundIssued>(mail), reference, to, site),
            "unplaceable" => MoneyLetters.Unplaceable(Read<DepositUnplaceable>(mail), to, site),
            "plan" => PlanLetters.Issued(Read<TreatmentPlanIssued>(mail), to, site),
            "cycle" => CycleLetters.Expected(Read<CycleExpected>(mail), to, site),
            "rescheduled" => PlanLetters.Rescheduled(Read<BookingRescheduled>(mail), to, site),
            "repair" => RepairLetters.Proposed(Read<RepairProposed>(mail), to, site),
            "repair-impossible" => RepairLetters.Impossible(Read<RepairImpossible>(mail), to, site),
            "waitlist" => WaitlistLetters.Joined(Read<WaitlistJoined>(mail), to, site),
            "waitlist-offer" => WaitlistLetters.Offered(Read<WaitlistOffered>(mail), to, site),
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

    private static T Read<T>(Mail mail) => JsonSerializer.Deserialize<T>(mail.Payload ?? throw new ArgumentException("The letter's payload is gone.", nameof(mail)))!;
}
