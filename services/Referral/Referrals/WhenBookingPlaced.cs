using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Referral;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>Attributes a booking that an agency brought, by its link or its waiting patient, or records why it is not attributed.</summary>
public sealed class WhenBookingPlaced(ReferralDb db, ILogger<WhenBookingPlaced> log) : IConsumer<BookingPlaced>
{
    public async Task Consume(ConsumeContext<BookingPlaced> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (placed, ct) = (context.Message, context.CancellationToken);
        if (await WhoEarns.DecideAsync(db, placed, ct) is not { } referral)
        {
            return;
        }

        await Settlement.LockAsync(db, placed.BookingId, ct);
        if (!await InsertAsync(referral, ct))
        {
            return;
        }

        if (referral.RefusedReason is { } reason)
        {
            log.LogInformation("Booking {BookingId} is not attributed: {Reason}", placed.BookingId, reason);
            return;
        }

        await context.PublishFor(
            placed.BookingId,
            new ReferralAttributed(placed.BookingId, referral.AgencyId!.Value, referral.Code, referral.Percent!.Value, referral.PlacedAt),
            ct);
        log.LogInformation("Booking {BookingId} is attributed to agency {AgencyId}", placed.BookingId, referral.AgencyId);

        // The confirmation or the cancellation may have been here first.
        await Settlement.SettleAsync(db, context, placed.BookingId, ct);
    }

    private async Task<bool> InsertAsync(ReferralRecord referral, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO referrals(booking_id, reference, source, agency_id, link_id, code, service_line, state, refused_reason, percent, price_minor, currency,
                                  touched_at, placed_at, starts_at, demo)
            VALUES ({referral.BookingId}, {referral.Reference}, {referral.Source}, {referral.AgencyId}, {referral.LinkId}, {referral.Code}, {referral.ServiceLine},
                    {referral.State}, {referral.RefusedReason}, {referral.Percent}, {referral.PriceMinor}, {referral.Currency},
                    {referral.TouchedAt}, {referral.PlacedAt}, {referral.StartsAt}, {referral.Demo})
            ON CONFLICT (booking_id) DO NOTHING
            """,
            ct) == 1;
}
