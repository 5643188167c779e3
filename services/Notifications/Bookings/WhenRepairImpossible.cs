using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Tells which sessions have no new time and that the center will call.</summary>
public sealed class WhenRepairImpossible(NotificationsDb db, MailQueue mails) : IConsumer<RepairImpossible>
{
    public async Task Consume(ConsumeContext<RepairImpossible> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (impossible, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, impossible.BookingId, impossible.Reference, null, ct);
        await mails.AddAsync(new NewMail("repair-impossible", $"{impossible.RepairId}:{impossible.BookingId}", impossible.BookingId), impossible, ct);
    }
}
