using MassTransit;
using MedTourism.Contracts.Referral;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>
/// Brings a referral to the state that everything known of its booking implies, in whatever order it became known. A booking's consumers hold its
/// row's lock, and each step is one conditional update whose row count decides whether the others are told.
/// </summary>
internal static class Settlement
{
    private sealed record Step(Guid AgencyId, long? CommissionMinor, string Currency, decimal Percent, DateTimeOffset At);

    public static async Task LockAsync(ReferralDb db, Guid bookingId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"INSERT INTO booking_facts(booking_id) VALUES ({bookingId}) ON CONFLICT DO NOTHING", ct);
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM booking_facts WHERE booking_id = {bookingId} FOR UPDATE", ct);
    }

    public static async Task SettleAsync(ReferralDb db, IPublishEndpoint bus, Guid bookingId, CancellationToken ct)
    {
        var fact = await db.BookingFacts.AsNoTracking().SingleAsync(fact => fact.BookingId == bookingId, ct);
        if (fact.CancelledAt is { } cancelledAt)
        {
            await VoidAsync(db, bus, bookingId, cancelledAt, ct);
        }
        else if (fact.ConfirmedAt is not null)
        {
            await AccrueAsync(db, bus, fact, ct);
        }
    }

    private static async Task AccrueAsync(ReferralDb db, IPublishEndpoint bus, BookingFact fact, CancellationToken ct)
    {
        var percent = await db.Referrals.Where(referral => referral.BookingId == fact.BookingId && referral.State == "attributed")
            .Select(referral => referral.Percent).SingleOrDefaultAsync(ct);
        if (percent is null)
        {
            return;
        }

        var price = fact.ConfirmedPriceMinor!.Value;
        var accrued = await db.Database.SqlQuery<Step>(
            $"""
            UPDATE referrals SET state = 'pending', price_minor = {price}, currency = {fact.Currency},
                commission_minor = {Attribution.Commission(price, percent.Value)}, accrued_at = now()
            WHERE booking_id = {fact.BookingId} AND state = 'attributed'
            RETURNING agency_id AS "AgencyId", commission_minor AS "CommissionMinor", currency AS "Currency", percent AS "Percent", accrued_at AS "At"
            """).ToListAsync(ct);
        if (accrued is [var step])
        {
            await bus.PublishFor(
                fact.BookingId,
                new CommissionAccrued(fact.BookingId, step.AgencyId, step.CommissionMinor!.Value, step.Currency, step.Percent, step.At),
                ct);
        }
    }

    private static async Task VoidAsync(ReferralDb db, IPublishEndpoint bus, Guid bookingId, DateTimeOffset cancelledAt, CancellationToken ct)
    {
        var voided = await db.Database.SqlQuery<Step>(
            $"""
            UPDATE referrals SET state = 'void', voided_at = {cancelledAt}
            WHERE booking_id = {bookingId} AND state IN ('attributed', 'pending')
            RETURNING agency_id AS "AgencyId", commission_minor AS "CommissionMinor", currency AS "Currency", percent AS "Percent", voided_at AS "At"
            """).ToListAsync(ct);

        // Only a commission that was announced is taken back aloud.
        if (voided is [{ CommissionMinor: { } amount } step])
        {
            await bus.PublishFor(bookingId, new CommissionVoided(bookingId, step.AgencyId, amount, step.Currency, step.At), ct);
        }
    }
}
