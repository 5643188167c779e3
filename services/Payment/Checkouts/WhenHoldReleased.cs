using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Payment.Charges;

namespace MedTourism.Payment.Checkouts;

/// <summary>The patient let go of the time, so its payment page is closed.</summary>
public sealed class WhenHoldReleased(PaymentDb db) : IConsumer<HoldReleased>
{
    public async Task Consume(ConsumeContext<HoldReleased> context)
    {
        if (context.Message.BookingId is { } booking)
        {
            await db.CloseChargeOfAsync(booking, Charge.Released, context.CancellationToken);
        }
    }
}
