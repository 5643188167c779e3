using MedTourism.Booking.Availability;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Tracers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Reschedules;

/// <summary>A booking with what decides whether and where it can move.</summary>
public sealed record RescheduleCase(Bookings.Booking Booking, List<Session> Sessions, OfferTerms? Offer, int Moves, List<ReschedulePolicy.Reason> Reasons, DateTimeOffset Now)
{
    /// <summary>Begins the detail of a patient's own move in the booking's history; other moves have other details and do not count.</summary>
    public const string MovedFrom = "rescheduled from ";

    public bool IsCourse => Booking.Pattern is not null;

    /// <summary>Those that move; the others were cancelled before.</summary>
    public IEnumerable<Session> Moving => Sessions.Where(x => x.State == Session.Booked);

    public static async Task<RescheduleCase> LoadAsync(BookingDb db, Bookings.Booking booking, int mostMoves, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).OrderBy(x => x.Number).ToListAsync(ct);
        var offer = await OfferTerms.SoldAsync(db, booking.OfferId, ct);
        var moves = await db.BookingEvents.CountAsync(x => x.BookingId == booking.Id && x.Kind == "moved" && x.Detail!.StartsWith(MovedFrom), ct);
        var now = await db.NowAsync(ct);
        return new RescheduleCase(
            booking, sessions, offer, moves, ReschedulePolicy.WhyNot(booking, sessions, moves, mostMoves, offer is not null && (offer.IsInstant || booking.Pattern is not null), now), now);
    }

    /// <summary>The starts in [from, to) that are free once the booking's own time is given back, without that time itself.</summary>
    public async Task<(List<Interval> Starts, Calendars Calendars, Dictionary<Guid, List<Interval>> Busy)> StartsAsync(
        BookingDb db, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var (offer, last) = (Offer!, to < Now + FindStarts.Horizon ? to : Now + FindStarts.Horizon);
        var end = last.AddMinutes(offer.DurationMinutes);
        var calendars = await Calendars.LoadAsync(db, [offer], from, end, ct);
        var resources = calendars.For(offer);
        var busy = await Calendars.BusyAsync(db, resources, from, end, ct);
        foreach (var own in await db.Allocations.AsNoTracking().Where(x => x.BookingId == Booking.Id).ToListAsync(ct))
        {
            busy.GetValueOrDefault(own.ResourceId)?.RemoveAll(x => x.Start == own.StartsAt && x.End == own.EndsAt);
        }

        var starts = FreeStarts.Compute(
            offer.ResourceKinds, offer.DurationMinutes, resources, calendars.Holidays, busy, from, last, Now + FindStarts.LeadTime);
        starts = (await TracerRoom.LoadAsync(db, [offer], from, Booking.Id, ct)).Served(offer, starts);
        return (starts.FindAll(x => x.Start != Booking.StartsAt), calendars, busy);
    }
}
