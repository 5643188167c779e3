using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Writes that the booking is confirmed, with the calendar event.</summary>
public sealed class WhenBookingConfirmed(NotificationsDb db, MailQueue mails) : IConsumer<BookingConfirmed>
{
    public async Task Consume(ConsumeContext<BookingConfirmed> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (confirmed, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, confirmed.BookingId, confirmed.Reference, null, ct);
        if (await CalendarEntry.From(confirmed).KeepIfNewerAsync(db, ct))
        {
            await mails.DropAsync(confirmed.BookingId, ["hold"], ct);
            await mails.AddAsync(
                new NewMail("confirmed", $"{confirmed.BookingId}:{confirmed.Sequence}", confirmed.BookingId, confirmed.Sequence), confirmed, ct);
        }
    }
}
