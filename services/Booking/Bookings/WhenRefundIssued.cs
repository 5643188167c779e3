using MassTransit;
using MedTourism.Contracts.Payment;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>Notes that money went back to the patient; each refund counts once.</summary>
public sealed class WhenRefundIssued(BookingDb db) : IConsumer<RefundIssued>
{
    public async Task Consume(ConsumeContext<RefundIssued> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var refund = context.Message;
        var ct = context.CancellationToken;
        await BookingNotKnownException.HoldOfAsync(db, refund.BookingId, ct);
        var booking = await db.Bookings.ForUpdateAsync(refund.BookingId, ct);
        var fresh = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO booking_refunds (refund_id, booking_id, amount_minor, issued_at)
            VALUES ({refund.RefundId}, {refund.BookingId}, {refund.AmountMinor}, {refund.IssuedAt.ToUniversalTime()}) ON CONFLICT DO NOTHING
            """,
            ct) == 1;
        if (fresh)
        {
            booking.Refunded(refund.AmountMinor, await db.NowAsync(ct));
            await db.SaveAsync(booking, ct);
        }
    }
}
