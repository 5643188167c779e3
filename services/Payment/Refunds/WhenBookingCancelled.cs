using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Payment.Charges;
using MedTourism.Payment.Checkouts;
using MedTourism.ServiceDefaults;

namespace MedTourism.Payment.Refunds;

/// <summary>Closes what is open of a cancelled booking and owes the patient what its ladder gives back.</summary>
public sealed class WhenBookingCancelled(PaymentDb db) : IConsumer<BookingCancelled>
{
    public async Task Consume(ConsumeContext<BookingCancelled> context)
    {
        var message = context.Message;
        var ct = context.CancellationToken;
        var charge = await db.CloseChargeOfAsync(message.BookingId, Charge.Cancelled, ct);
        if (message.RefundMinor <= 0)
        {
            return;
        }

        var paid = charge.PaidCheckoutId ?? throw new NotYetException($"The deposit of booking {message.BookingId} is not known to be paid.");
        await OweRefund.InAsync(db, charge, paid, message.RefundMinor, message.Currency, Refund.Cancelled, ct);
    }
}
