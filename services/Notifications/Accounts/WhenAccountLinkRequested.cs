using MassTransit;
using MedTourism.Contracts.Identity;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Accounts;

/// <summary>Mails a one-time link of the accounts service.</summary>
public sealed class WhenAccountLinkRequested(MailQueue mails) : IConsumer<AccountLinkRequested>
{
    public async Task Consume(ConsumeContext<AccountLinkRequested> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var requested = context.Message;
        await mails.AddAsync(new NewMail("account", $"{context.MessageId}", ExpiresAt: requested.ExpiresAt), requested, context.CancellationToken);
    }
}
