using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Cycles;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Payment;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>Confirms the booking if its time is still kept, or can be taken again; otherwise asks Payment to return the money.</summary>
public sealed class WhenDepositPaid(BookingDb db, ILogger<WhenDepositPaid> log) : IConsumer<DepositPaid>
{
    public async Task Consume(ConsumeContext<DepositPaid> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var paid = context.Message;
        var ct = context.CancellationToken;
        var holdId = await BookingNotKnownException.HoldOfAsync(db, paid.BookingId, ct);
        var now = await db.NowAsync(ct);

        // The hold first, then the booking: the sweep locks them in this order too.
        var claimed = await ConfirmBooking.ClaimHoldAsync(db, holdId, paid.Fence, ct);
        var booking = await db.Bookings.ForUpdateAsync(paid.BookingId, ct);
        if (booking.State is BookingState.Confirmed or BookingState.Refunding or BookingState.Refunded || booking.ChargeId is not null)
        {
            if (booking.ChargeId != paid.ChargeId)
            {
                log.LogError("Booking {BookingId} has its deposit and was paid again by charge {ChargeId}: the operator must return it", booking.Id, paid.ChargeId);
            }

            return;
        }

        var right = paid.AmountMinor == booking.DepositMinor && paid.Currency == booking.Currency && paid.Fence == booking.Fence;
        var mayBook = right && await BookPlan.MayAsync(db, booking, ct);
        if (mayBook && claimed && await ConfirmBooking.BookHeldAsync(db, booking, ct) && booking.Confirm(paid.ChargeId, paid.AmountMinor, takenAnew: false, now))
        {
            await ConfirmedAsync(context, booking, now);
        }
        else if (mayBook && booking.State is (BookingState.AwaitingDeposit or BookingState.Expired)
            && await ConfirmBooking.TakeAnewAsync(db, booking, now, ct) && booking.Confirm(paid.ChargeId, paid.AmountMinor, takenAnew: true, now))
        {
            await ConfirmedAsync(context, booking, now);
        }
        else
        {
            await ReturnAsync(context, booking, mayBook ? "time-gone" : right ? "plan-gone" : "other-terms", now);
        }
    }

    private async Task ConfirmedAsync(ConsumeContext context, Booking booking, DateTimeOffset now)
    {
        var sessions = await BookSessions.OfAsync(db, booking, context.CancellationToken);
        await BookPlan.DoneAsync(db, booking, context.CancellationToken);
        await db.SaveAsync(booking, context.CancellationToken);
        await context.PublishFor(booking.Id, booking.ToConfirmed(sessions), context.CancellationToken);
        await TellCycle.BookedAsync(db, context, booking, now, context.CancellationToken);
        log.LogInformation("Booking {BookingId} confirmed", booking.Id);
    }

    private async Task ReturnAsync(ConsumeContext<DepositPaid> context, Booking booking, string reason, DateTimeOffset now)
    {
        var paid = context.Message;
        await ConfirmBooking.LetGoAsync(db, booking, context.CancellationToken);
        await PassOnAsync(context, booking, now);
        if (booking.ReturnMoney(paid.ChargeId, paid.AmountMinor, reason, now))
        {
            await db.SaveAsync(booking, context.CancellationToken);
            await context.PublishFor(
                booking.Id,
                new DepositUnplaceable(booking.Id, booking.Reference, paid.AmountMinor, paid.Currency, reason, now),
                context.CancellationToken);
            log.LogWarning("Booking {BookingId} cannot be given its time; its deposit goes back", booking.Id);
        }
    }

    /// <summary>Whatever of the booking's time is free now goes to who waits for it.</summary>
    private async Task PassOnAsync(ConsumeContext context, Booking booking, DateTimeOffset now)
    {
        var ct = context.CancellationToken;
        var hold = await db.Holds.AsNoTracking().SingleOrDefaultAsync(x => x.Id == booking.HoldId, ct);
        var times = (await db.Sessions.AsNoTracking().Where(x => x.HoldId == booking.HoldId).ToListAsync(ct)).ConvertAll(x => new Interval(x.StartsAt, x.EndsAt));
        times.AddRange(times.Count == 0 ? [new Interval(booking.StartsAt, booking.EndsAt)] : []);
        times.AddRange(hold is null ? [] : await PassOn.EndedAsync(db, context, hold, lapsed: true, now, ct));
        await FreedTime.NoteAsync(db, context, booking.CenterId, times, ct);
    }
}
