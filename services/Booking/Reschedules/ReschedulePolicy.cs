using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Reschedules;

/// <summary>
/// When a patient may move a booking on their own. Moving is free, and possible as long as cancelling gives everything back: the center has the same
/// chance to sell the time again. A ladder without a full refund gives 72 hours, the usual free period of the market's offers (illustrative, each
/// center may say otherwise), because moving must not be harder than the center's own terms make cancelling free elsewhere. The price stays the booked
/// one, whatever the offer costs today: the patient keeps what they agreed to.
/// </summary>
public static class ReschedulePolicy
{
    public const int HoursWithoutFullRefund = 72;

    /// <summary>A rule that stands in the way: <c>not-confirmed</c>, <c>already-started</c>, <c>too-late</c>, <c>too-many-moves</c>,
    /// <c>awaiting-answer</c>, <c>arranged-with-center</c> or <c>offer-not-sold</c>.</summary>
    public sealed record Reason(string Code, string Message, DateTimeOffset? Until = null, int? Limit = null, string? State = null);

    /// <summary>The last moment at which the booking may be moved.</summary>
    public static DateTimeOffset Until(Bookings.Booking booking)
    {
        ArgumentNullException.ThrowIfNull(booking);
        var hours = booking.CancellationLadder.Where(x => x.RefundPercent == 100).Select(x => (int?)x.HoursBefore).Min() ?? HoursWithoutFullRefund;
        return booking.StartsAt.AddHours(-hours);
    }

    /// <remarks><c>moves</c>: How often the patient moved it before. <c>sold</c>: Whether its offer is sold now.</remarks>
    public static List<Reason> WhyNot(Bookings.Booking booking, IReadOnlyCollection<Session> sessions, int moves, int mostMoves, bool sold, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(booking);
        ArgumentNullException.ThrowIfNull(sessions);
        if (booking.State != BookingState.Confirmed)
        {
            return [new("not-confirmed", "Only a confirmed booking can be moved.", State: booking.State.Name())];
        }

        var reasons = new List<Reason>();
        Require(booking.StartsAt > now, new("already-started", "The appointment has begun. Talk to the center."));
        Require(booking.StartsAt <= now || now <= Until(booking), new("too-late", "The time to move it on your own is over. Talk to the center.", Until: Until(booking)));
        Require(moves < mostMoves, new("too-many-moves", $"A booking can be moved {mostMoves} times.", Limit: mostMoves));
        Require(sessions.All(x => x.State != Session.Proposed), new("awaiting-answer", "The center has proposed new times. Answer that first."));
        Require(
            booking.Pattern is null ? sessions.Count(x => x.State is not Session.Cancelled) == 1 : booking.Pattern.IsCourse && booking.PlanId is not null,
            new("arranged-with-center", "This treatment is moved together with the center."));
        Require(sold, new("offer-not-sold", "This treatment is not sold here any more. Talk to the center."));
        return reasons;

        void Require(bool kept, Reason otherwise)
        {
            if (!kept)
            {
                reasons.Add(otherwise);
            }
        }
    }
}
