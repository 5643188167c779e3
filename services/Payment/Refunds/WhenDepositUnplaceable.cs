using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Payment.Charges;
using MedTourism.Payment.Checkouts;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Refunds;

/// <summary>Money came for time that is gone: all that is left of it goes back.</summary>
public sealed class WhenDepositUnplaceable(PaymentDb db) : IConsumer<DepositUnplaceable>
{
    public async Task Consume(ConsumeContext<DepositUnplaceable> context)
    {
        var message = context.Message;
        var ct = context.CancellationToken;
        var charge = await db.CloseChargeOfAsync(message.BookingId, Charge.Expired, ct);
        var paid = charge.PaidCheckoutId ?? throw new NotYetException($"The deposit of booking {message.BookingId} is not known to be paid.");
        var checkout = await db.Checkouts.AsNoTracking().SingleAsync(row => row.Id == paid, ct);
        if (checkout.CapturedMinor - checkout.RefundCommittedMinor is > 0 and var left)
        {
            await OweRefund.InAsync(db, charge, paid, left, checkout.Currency, Refund.Unplaceable, ct);
        }
    }
}
