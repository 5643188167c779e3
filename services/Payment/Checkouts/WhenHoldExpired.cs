using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Payment.Charges;

namespace MedTourism.Payment.Checkouts;

/// <summary>The time is free again, so its payment page is closed.</summary>
public sealed class WhenHoldExpired(PaymentDb db) : IConsumer<HoldExpired>
{
    public async Task Consume(ConsumeContext<HoldExpired> context)
    {
        if (context.Message.BookingId is { } booking)
        {
            await db.CloseChargeOfAsync(booking, Charge.Expired, context.CancellationToken);
        }
    }
}
