using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Confirms the place on the waiting list.</summary>
public sealed class WhenWaitlistJoined(MailQueue mails) : IConsumer<WaitlistJoined>
{
    public async Task Consume(ConsumeContext<WaitlistJoined> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (joined, ct) = (context.Message, context.CancellationToken);
        await mails.AddAsync(new NewMail("waitlist", $"{joined.EntryId}", joined.EntryId), joined, ct);
    }
}
