using MassTransit;
using MedTourism.Contracts.Payment;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Writes that money went back.</summary>
public sealed class WhenRefundIssued(MailQueue mails) : IConsumer<RefundIssued>
{
    public async Task Consume(ConsumeContext<RefundIssued> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var issued = context.Message;
        await mails.AddAsync(new NewMail("refunded", $"{issued.RefundId}", issued.BookingId), issued, context.CancellationToken);
    }
}
