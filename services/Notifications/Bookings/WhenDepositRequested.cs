using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Bookings;

/// <summary>Writes once per booking that the time is held and how to pay; a later request only changes a letter that still waits.</summary>
public sealed class WhenDepositRequested(NotificationsDb db, MailQueue mails) : IConsumer<DepositRequested>
{
    public async Task Consume(ConsumeContext<DepositRequested> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (requested, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, requested.BookingId, requested.Reference, null, ct);
        if (!await db.Calendars.AnyAsync(calendar => calendar.BookingId == requested.BookingId, ct))
        {
            await mails.AddAsync(
                new NewMail("hold", $"{requested.BookingId}", requested.BookingId, requested.Fence, requested.DueBy), requested, ct);
        }
    }
}
