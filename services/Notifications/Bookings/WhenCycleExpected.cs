using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Sends the link on which the patient says that her period started.</summary>
public sealed class WhenCycleExpected(NotificationsDb db, MailQueue mails) : IConsumer<CycleExpected>
{
    public async Task Consume(ConsumeContext<CycleExpected> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (expected, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, expected.BookingId, expected.Reference, null, ct);
        await mails.AddAsync(new NewMail("cycle", $"{expected.CycleId}", expected.BookingId), expected, ct);
    }
}
