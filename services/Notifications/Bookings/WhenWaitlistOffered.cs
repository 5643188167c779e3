using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Offers held time to the one whose turn it is, while it is held.</summary>
public sealed class WhenWaitlistOffered(MailQueue mails) : IConsumer<WaitlistOffered>
{
    public async Task Consume(ConsumeContext<WaitlistOffered> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (offered, ct) = (context.Message, context.CancellationToken);
        await mails.AddAsync(
            new NewMail("waitlist-offer", $"{offered.HoldId}", offered.EntryId, ExpiresAt: offered.ExpiresAt), offered, ct);
    }
}
