using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Writes that the money came when the time was gone, and that it comes back.</summary>
public sealed class WhenDepositUnplaceable(NotificationsDb db, MailQueue mails) : IConsumer<DepositUnplaceable>
{
    public async Task Consume(ConsumeContext<DepositUnplaceable> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (unplaceable, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, unplaceable.BookingId, unplaceable.Reference, null, ct);
        await mails.DropAsync(unplaceable.BookingId, ["hold"], ct);
        await mails.AddAsync(new NewMail("unplaceable", $"{unplaceable.BookingId}", unplaceable.BookingId), unplaceable, ct);
    }
}
