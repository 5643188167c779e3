using MassTransit;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Charges;

/// <summary>Keeps the amount due of a booking; a higher fence replaces it, a late message of an older hold does not.</summary>
public sealed class WhenDepositRequested(PaymentDb db, ILogger<WhenDepositRequested> log) : IConsumer<DepositRequested>
{
    public async Task Consume(ConsumeContext<DepositRequested> context)
    {
        var message = context.Message;
        // A new hold makes the deposit due again after an expired or released one; a cancelled booking stays closed.
        var changed = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO charges AS known (id, booking_id, reference, center_id, amount_minor, currency, culture, due_by, fence)
            VALUES ({Guid.CreateVersion7()}, {message.BookingId}, {message.Reference}, {message.CenterId}, {message.AmountMinor}, {message.Currency},
                    {message.Culture}, {message.DueBy}, {message.Fence})
            ON CONFLICT (booking_id) DO UPDATE
            SET amount_minor = excluded.amount_minor, currency = excluded.currency, culture = excluded.culture, due_by = excluded.due_by,
                fence = excluded.fence, closed = CASE known.closed WHEN 'cancelled' THEN 'cancelled' END
            WHERE known.fence < excluded.fence AND known.paid_checkout_id IS NULL
            """,
            context.CancellationToken);
        if (changed == 1)
        {
            log.LogInformation("Deposit of booking {BookingId} is due (fence {Fence})", message.BookingId, message.Fence);
        }
    }
}
