using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>When a cycle is booked its patient gets a key of its own by letter, to say with one tap that her period started.</summary>
public static class TellCycle
{
    /// <summary>Call it in the transaction that confirms the booking. Nothing happens for a booking that is no cycle.</summary>
    public static async Task BookedAsync(BookingDb db, IPublishEndpoint bus, Bookings.Booking booking, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        if (await db.Cycles.AsNoTracking().SingleOrDefaultAsync(x => x.Id == booking.HoldId, ct) is not { } cycle)
        {
            return;
        }

        var key = await BookingKey.NewAsync(db, booking.Id, now, ct);
        await bus.PublishFor(
            booking.Id,
            new CycleExpected(
                cycle.Id, booking.Id, booking.Reference, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.TimeZone, cycle.Day1, key, now),
            ct);
    }
}
