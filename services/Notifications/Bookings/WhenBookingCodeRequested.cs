using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Mails the code that opens a booking; a code that ran out before it could be sent is dropped.</summary>
public sealed class WhenBookingCodeRequested(MailQueue mails) : IConsumer<BookingCodeRequested>
{
    public async Task Consume(ConsumeContext<BookingCodeRequested> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var requested = context.Message;
        await mails.AddAsync(
            new NewMail("code", $"{context.MessageId}", requested.BookingId, ExpiresAt: requested.ExpiresAt), requested, context.CancellationToken);
    }
}
