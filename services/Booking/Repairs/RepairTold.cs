using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;

namespace MedTourism.Booking.Repairs;

/// <summary>What other services and the patient are told of a repair.</summary>
internal static class RepairTold
{
    public static async Task RescheduledAsync(
        IPublishEndpoint bus, Bookings.Booking booking, IEnumerable<Session> sessions, IEnumerable<MovedSession> moved, string reason, DateTimeOffset now, CancellationToken ct) =>
        await bus.PublishFor(
            booking.Id,
            new BookingRescheduled(
                booking.Id, booking.Reference, booking.OfferId, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.CityId, booking.TimeZone,
                booking.StartsAt, booking.EndsAt, [.. sessions.Select(x => x.ToBooked())], [.. moved], reason, booking.Sequence, now),
            ct);

    public static MovedSession ToMoved(this RepairMove move) =>
        new(move.SessionId, move.Number, move.Phase, move.OldStart, move.OldEnd, move.NewStart, move.NewEnd);

    public static MovedSession ToMovedBack(this RepairMove move) => move.OldState == Session.Missed
        ? new(move.SessionId, move.Number, move.Phase, move.NewStart, move.NewEnd, null, null)
        : new(move.SessionId, move.Number, move.Phase, move.NewStart, move.NewEnd, move.OldStart, move.OldEnd);
}
