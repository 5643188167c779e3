using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Referral;
using MedTourism.Referral.Agreements;
using MedTourism.Referral.Links;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>Attributes a booking that names a referral code, or records why it is not attributed.</summary>
public sealed class WhenBookingPlaced(ReferralDb db, ILogger<WhenBookingPlaced> log) : IConsumer<BookingPlaced>
{
    public async Task Consume(ConsumeContext<BookingPlaced> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (placed, ct) = (context.Message, context.CancellationToken);
        if (string.IsNullOrWhiteSpace(placed.ReferralCode))
        {
            return;
        }

        await Settlement.LockAsync(db, placed.BookingId, ct);
        var referral = await DecideAsync(placed, ct);
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

    private async Task<ReferralRecord> DecideAsync(BookingPlaced placed, CancellationToken ct)
    {
        var code = ReferralLink.Normalise(placed.ReferralCode);
        var link = await db.Links.AsNoTracking().SingleOrDefaultAsync(link => link.Code == code, ct);

        // A code given without a touch was typed while booking: that is its first touch.
        var touchedAt = (placed.ReferralTouchedAt ?? placed.PlacedAt).ToUniversalTime();
        decimal? percent = null;
        if (link is not null && (await Agreement.InForceAsync(db, link.AgencyId, touchedAt, ct)).TryGetValue(placed.ServiceLine, out var agreed))
        {
            percent = agreed;
        }

        var refusal = Attribution.Refusal(link, touchedAt, placed.PlacedAt, percent);
        return new ReferralRecord
        {
            BookingId = placed.BookingId,
            Reference = placed.Reference,
            AgencyId = link?.AgencyId,
            LinkId = link?.Id,
            Code = code.Length > 32 ? code[..32] : code,
            ServiceLine = placed.ServiceLine,
            State = refusal is null ? "attributed" : "refused",
            RefusedReason = refusal,
            Percent = refusal is null ? percent : null,
            PriceMinor = placed.PriceMinor,
            Currency = placed.Currency,
            TouchedAt = touchedAt,
            PlacedAt = placed.PlacedAt.ToUniversalTime(),
            StartsAt = placed.Start.ToUniversalTime(),
            Demo = link?.Demo ?? false,
        };
    }

    private async Task<bool> InsertAsync(ReferralRecord referral, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO referrals(booking_id, reference, agency_id, link_id, code, service_line, state, refused_reason, percent, price_minor, currency,
                                  touched_at, placed_at, starts_at, demo)
            VALUES ({referral.BookingId}, {referral.Reference}, {referral.AgencyId}, {referral.LinkId}, {referral.Code}, {referral.ServiceLine},
                    {referral.State}, {referral.RefusedReason}, {referral.Percent}, {referral.PriceMinor}, {referral.Currency},
                    {referral.TouchedAt}, {referral.PlacedAt}, {referral.StartsAt}, {referral.Demo})
            ON CONFLICT (booking_id) DO NOTHING
            """,
            ct) == 1;
}
