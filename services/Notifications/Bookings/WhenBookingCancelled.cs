using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Writes that the booking is cancelled, with the calendar event that removes the earlier one. Letters this makes untrue are not sent any more.</summary>
public sealed class WhenBookingCancelled(NotificationsDb db, MailQueue mails) : IConsumer<BookingCancelled>
{
    public async Task Consume(ConsumeContext<BookingCancelled> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (cancelled, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, cancelled.BookingId, cancelled.Reference, null, ct);
        if (await CalendarEntry.From(cancelled).KeepIfNewerAsync(db, ct))
        {
            await mails.DropAsync(cancelled.BookingId, ["hold", "confirmed"], ct);
            await mails.AddAsync(
                new NewMail("cancelled", $"{cancelled.BookingId}:{cancelled.Sequence}", cancelled.BookingId, cancelled.Sequence), cancelled, ct);
        }
    }
}
