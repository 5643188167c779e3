using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Keeps the booking's calendar file true: the same events at their new times, with a higher sequence; and tells the patient.</summary>
public sealed class WhenBookingRescheduled(NotificationsDb db, MailQueue mails) : IConsumer<BookingRescheduled>
{
    public async Task Consume(ConsumeContext<BookingRescheduled> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (moved, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, moved.BookingId, moved.Reference, null, ct);
        if (!await CalendarEntry.From(moved).KeepIfNewerAsync(db, ct))
        {
            return;
        }

        // A proposed repair has a letter of its own, with a question; this one follows when it is settled.
        if (moved.Reason != "repair" || moved.Sessions.All(session => session.State != "proposed"))
        {
            await mails.AddAsync(
                new NewMail("rescheduled", $"{moved.BookingId}:{moved.Sequence}", moved.BookingId, moved.Sequence), moved, ct);
        }
    }
}
