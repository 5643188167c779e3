using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Shows old and new times and asks for an answer while one can be given.</summary>
public sealed class WhenRepairProposed(NotificationsDb db, MailQueue mails) : IConsumer<RepairProposed>
{
    public async Task Consume(ConsumeContext<RepairProposed> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (proposed, ct) = (context.Message, context.CancellationToken);
        await KnownBooking.LearnAsync(db, proposed.BookingId, proposed.Reference, null, ct);
        await mails.AddAsync(
            new NewMail("repair", $"{proposed.RepairId}:{proposed.BookingId}", proposed.BookingId, ExpiresAt: proposed.AnswerBy), proposed, ct);
    }
}
