using MassTransit;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>A paid booking that is attributed earns its agency a pending commission.</summary>
public sealed class WhenBookingConfirmed(ReferralDb db) : IConsumer<BookingConfirmed>
{
    public async Task Consume(ConsumeContext<BookingConfirmed> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (confirmed, ct) = (context.Message, context.CancellationToken);
        await Settlement.LockAsync(db, confirmed.BookingId, ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE booking_facts SET confirmed_at = {confirmed.ConfirmedAt.ToUniversalTime()}, confirmed_price_minor = {confirmed.PriceMinor}, currency = {confirmed.Currency}
            WHERE booking_id = {confirmed.BookingId} AND confirmed_at IS NULL
            """,
            ct);
        await Settlement.SettleAsync(db, context, confirmed.BookingId, ct);
    }
}
