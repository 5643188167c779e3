using System.Globalization;
using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Reschedules;

/// <summary>A session's other time and all that it occupies there, the machine first.</summary>
public sealed record NewTime(Session Session, Interval Time, Guid[] Resources);

/// <summary>Writes a move whose new time is taken: sessions, booking, message, and the old time for those who wait.</summary>
public static class MoveSessions
{
    public static async Task SaveAsync(
        BookingDb db, IPublishEndpoint bus, RescheduleCase found, IReadOnlyCollection<NewTime> moves, IReadOnlyCollection<Interval> freed, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(moves);
        var booking = found.Booking;
        var moved = moves.Where(x => x.Time.Start != x.Session.StartsAt || x.Time.End != x.Session.EndsAt || !x.Resources.SequenceEqual(x.Session.ResourceIds)).ToList();
        foreach (var (session, time, resources) in moved)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE sessions SET starts_at = {time.Start}, ends_at = {time.End}, resource_ids = {resources}, sequence = sequence + 1 WHERE id = {session.Id}
                """,
                ct);
        }

        var detail = RescheduleCase.MovedFrom + booking.StartsAt.ToString("u", CultureInfo.InvariantCulture);
        booking.Move(moves.Min(x => x.Time.Start), moves.Max(x => x.Time.End), "patient", detail, found.Now);
        await db.SaveAsync(booking, ct);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).OrderBy(x => x.Number).ToListAsync(ct);
        await bus.PublishFor(booking.Id, new BookingRescheduled(
            booking.Id, booking.Reference, booking.OfferId, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.CityId, booking.TimeZone,
            booking.StartsAt, booking.EndsAt, [.. sessions.Select(x => x.ToBooked())],
            [.. moved.Select(x => new MovedSession(x.Session.Id, x.Session.Number, x.Session.Phase, x.Session.StartsAt, x.Session.EndsAt, x.Time.Start, x.Time.End))],
            "patient", booking.Sequence, found.Now), ct);
        await FreedTime.NoteAsync(db, bus, booking.CenterId, freed, ct);
    }

    /// <summary>What the booking's time is taken for, there as here.</summary>
    public static TakeTime.For Booked(Bookings.Booking booking)
    {
        ArgumentNullException.ThrowIfNull(booking);
        return new TakeTime.For(Allocation.Booked, booking.HoldId, booking.Id, booking.Fence, null);
    }
}
