using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;

namespace MedTourism.Notifications.Bookings;

/// <summary>Keeps the booking's calendar file true: the same events at their new times, with a higher sequence.</summary>
public sealed class WhenBookingRescheduled(NotificationsDb db) : IConsumer<BookingRescheduled>
{
    public async Task Consume(ConsumeContext<BookingRescheduled> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (moved, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, moved.BookingId, moved.Reference, null, ct);
        await CalendarEntry.From(moved).KeepIfNewerAsync(db, ct);
    }
}
