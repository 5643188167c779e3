using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Contacts;

namespace MedTourism.Notifications.Bookings;

/// <summary>Learns a booking's reference and whose account it belongs to. Nothing is mailed: the deposit request follows.</summary>
public sealed class WhenBookingPlaced(NotificationsDb db) : IConsumer<BookingPlaced>
{
    public async Task Consume(ConsumeContext<BookingPlaced> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var placed = context.Message;
        await KnownBooking.LearnAsync(db, placed.BookingId, placed.Reference, placed.PatientSubject, context.CancellationToken);
        await Erasure.ForgetAsync(db, context.CancellationToken);
    }
}
