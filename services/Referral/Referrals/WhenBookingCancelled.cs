using MassTransit;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>A cancelled booking earns nothing: its commission is void.</summary>
public sealed class WhenBookingCancelled(ReferralDb db) : IConsumer<BookingCancelled>
{
    public async Task Consume(ConsumeContext<BookingCancelled> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (cancelled, ct) = (context.Message, context.CancellationToken);
        await Settlement.LockAsync(db, cancelled.BookingId, ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE booking_facts SET cancelled_at = {cancelled.CancelledAt.ToUniversalTime()}
            WHERE booking_id = {cancelled.BookingId} AND cancelled_at IS NULL
            """,
            ct);
        await Settlement.SettleAsync(db, context, cancelled.BookingId, ct);
    }
}
