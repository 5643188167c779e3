using System.Globalization;
using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Reschedules;

/// <summary>Moves a patient's confirmed visit: in one transaction its old time is freed and the new one taken, or nothing changes.</summary>
public static class Reschedule
{
    private const int Tries = 4;
    private const int Alternatives = 3;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/bookings/{id:guid}/reschedule", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();

    /// <remarks><c>expectedDifferenceMinor</c>: What the patient was shown. <c>sequence</c>: The booking's sequence as the patient saw it; without it
    /// only moves at the same moment are told apart.</remarks>
    public sealed record Request(DateTimeOffset Start, long ExpectedDifferenceMinor, int? Sequence = null);

    public sealed record Alternative(DateTimeOffset Start, DateTimeOffset End);

    public static ProblemHttpResult NotNow(List<ReschedulePolicy.Reason> reasons) =>
        Problems.Conflict("not-reschedulable", reasons[0].Message, new() { ["reasons"] = reasons });

    private static async Task<Results<Ok<BookingView>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } known, "patient"))
        {
            return BookingAccess.Unknown();
        }

        var booking = await db.Bookings.ForUpdateAsync(id, ct);
        var found = await RescheduleCase.LoadAsync(db, booking, options.Value.MostMoves, ct);
        if (booking.State == BookingState.Confirmed && booking.Sequence != (request.Sequence ?? known.Sequence))
        {
            return Problems.Conflict("booking-changed", "The booking has changed meanwhile. Look at it first.", new() { ["start"] = booking.StartsAt, ["sequence"] = booking.Sequence });
        }

        if (found.Reasons.Count > 0)
        {
            return NotNow(found.Reasons);
        }

        if (request.ExpectedDifferenceMinor != 0)
        {
            return Problems.Conflict("quote-changed", "Moving does not change the price. Look at it first.", new() { ["differenceMinor"] = 0 });
        }

        var start = request.Start.ToUniversalTime();
        if (start == booking.StartsAt)
        {
            return Problems.Fields(("start", "must be another time than the booked one"));
        }

        await FreedTime.LockAsync(db, booking.CenterId, ct);
        return await MoveAsync(db, bus, found, start, ct) is { } refusal ? refusal : TypedResults.Ok(await BookingView.LoadAsync(db, id, ct));
    }

    /// <summary>Null if it moved; a refusal rolls the transaction back.</summary>
    private static async Task<ProblemHttpResult?> MoveAsync(BookingDb db, IPublishEndpoint bus, RescheduleCase found, DateTimeOffset start, CancellationToken ct)
    {
        var (booking, session, offer) = (found.Booking, found.Sessions.Single(x => x.State != Session.Cancelled), found.Offer!);
        var time = new Interval(start, start.AddMinutes(offer.DurationMinutes));
        var freed = await GiveBackTime.OfBookingAsync(db, booking.Id, ct);
        if (await TakeAsync(db, found, session, time, ct) is not { } resources)
        {
            return await RefusalAsync(db, found, time, ct);
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sessions SET starts_at = {time.Start}, ends_at = {time.End}, resource_ids = {resources}, sequence = sequence + 1 WHERE id = {session.Id}
            """,
            ct);
        booking.Move(time.Start, time.End, "patient", $"from {session.StartsAt.ToString("u", CultureInfo.InvariantCulture)}", found.Now);
        await db.SaveAsync(booking, ct);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).OrderBy(x => x.Number).ToListAsync(ct);
        await bus.PublishFor(booking.Id, new BookingRescheduled(
            booking.Id, booking.Reference, booking.OfferId, booking.ProcedureNames, booking.CenterId, booking.CenterNames, booking.CityId, booking.TimeZone,
            booking.StartsAt, booking.EndsAt, [.. sessions.Select(x => x.ToBooked())],
            [new MovedSession(session.Id, session.Number, session.Phase, session.StartsAt, session.EndsAt, time.Start, time.End)], "patient", booking.Sequence, found.Now), ct);
        await FreedTime.NoteAsync(db, bus, booking.CenterId, freed, ct);
        return null;
    }

    /// <summary>One free unit of every kind, the machine first and the same one as before if it can be; null if there is none. Who is faster by a moment wins.</summary>
    private static async Task<Guid[]?> TakeAsync(BookingDb db, RescheduleCase found, Session session, Interval time, CancellationToken ct)
    {
        var (booking, offer) = (found.Booking, found.Offer!);
        var what = new TakeTime.For(Allocation.Booked, booking.HoldId, booking.Id, booking.Fence, null);
        var transaction = db.Database.CurrentTransaction!;
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            var (starts, calendars, busy) = await found.StartsAsync(db, time.Start, time.Start.AddTicks(1), ct);
            if (!starts.Contains(time))
            {
                return null;
            }

            var open = FreeStarts.OpenFor(offer.ResourceKinds, calendars.For(offer), calendars.Holidays, time);
            Guid[] chosen = [.. offer.ResourceKinds.Distinct().Select(kind => open
                .Where(x => x.Kind == kind && !(busy.GetValueOrDefault(x.Id) ?? []).Exists(x => x.Overlaps(time)))
                .OrderByDescending(x => session.ResourceIds.Contains(x.Id)).ThenBy(x => x.Id).Select(x => x.Id).First())];
            await transaction.CreateSavepointAsync("reschedule", ct);
            if (await TakeSessions.TryAsync(db, [new TakeSessions.Wanted(session.Id, time, chosen)], what, ct))
            {
                return chosen;
            }

            await transaction.RollbackToSavepointAsync("reschedule", ct);
        }

        return null;
    }

    private static async Task<ProblemHttpResult> RefusalAsync(BookingDb db, RescheduleCase found, Interval time, CancellationToken ct)
    {
        var taken = await ExplainRefusal.TakenAsync(db.Connection, found.Offer!, time, ct);
        var refused = taken.Exists(x => x.Code is "held" or "booked" or "blocked" or "allotted");
        var reasons = refused ? taken : await ExplainRefusal.NotOfferedAsync(db.Connection, found.Offer!, time, found.Now, ct);
        var (nearest, _, _) = await found.StartsAsync(db, time.Start.AddDays(-14) > found.Now ? time.Start.AddDays(-14) : found.Now, time.Start.AddDays(14), ct);
        var extensions = new Dictionary<string, object?>
        {
            ["reasons"] = reasons,
            ["alternatives"] = nearest.OrderBy(x => (x.Start - time.Start).Duration()).Take(Alternatives).OrderBy(x => x.Start).Select(x => new Alternative(x.Start, x.End)).ToList(),
        };
        return refused
            ? Problems.Conflict("time-taken", "Someone else has this time. Your booking stays as it was.", extensions)
            : Problems.Invalid("start-not-offered", "This start is not offered. Your booking stays as it was.", extensions);
    }
}
