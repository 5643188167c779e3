using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Tracers;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Reschedules;

/// <summary>Moves a single visit to another free start.</summary>
public static class MoveVisit
{
    private const int Tries = 4;
    private const int Alternatives = 3;

    public sealed record Alternative(DateTimeOffset Start, DateTimeOffset End);

    /// <summary>Null if it moved; a refusal rolls the transaction back.</summary>
    public static async Task<ProblemHttpResult?> ToAsync(BookingDb db, IPublishEndpoint bus, RescheduleCase found, DateTimeOffset start, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(found);
        if (start == found.Booking.StartsAt)
        {
            return Problems.Fields(("start", "must be another time than the booked one"));
        }

        var session = found.Moving.Single();
        var time = new Interval(start, start.AddMinutes(found.Offer!.DurationMinutes));
        var freed = await GiveBackTime.OfBookingAsync(db, found.Booking.Id, ct);
        if (await TakeAsync(db, found, session, time, ct) is not { } resources)
        {
            return await RefusalAsync(db, found, time, ct);
        }

        await MoveSessions.SaveAsync(db, bus, found, [new NewTime(session, time, resources)], freed, ct);
        return null;
    }

    /// <summary>One free unit of every kind, the machine first and the same one as before if it can be; null if there is none. Who is faster by a moment wins.</summary>
    private static async Task<Guid[]?> TakeAsync(BookingDb db, RescheduleCase found, Session session, Interval time, CancellationToken ct)
    {
        var (offer, transaction) = (found.Offer!, db.Database.CurrentTransaction!);
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
            if (await TakeSessions.TryAsync(db, [new TakeSessions.Wanted(session.Id, time, chosen)], MoveSessions.Booked(found.Booking), ct))
            {
                return chosen;
            }

            await transaction.RollbackToSavepointAsync("reschedule", ct);
        }

        return null;
    }

    private static async Task<ProblemHttpResult> RefusalAsync(BookingDb db, RescheduleCase found, Interval time, CancellationToken ct)
    {
        var offer = found.Offer!;
        var taken = await ExplainRefusal.TakenAsync(db.Connection, offer, time, ct);
        var refused = taken.Exists(x => x.Code is "held" or "booked" or "blocked" or "allotted");
        var from = time.Start.AddDays(-14) > found.Now ? time.Start.AddDays(-14) : found.Now;
        var (nearest, _, _) = await found.StartsAsync(db, from, time.Start.AddDays(14), ct);
        var extensions = new Dictionary<string, object?>
        {
            ["reasons"] = refused ? taken : await ExplainRefusal.NotOfferedAsync(db.Connection, offer, time, found.Now, ct),
            ["alternatives"] = nearest.OrderBy(x => (x.Start - time.Start).Duration()).Take(Alternatives).OrderBy(x => x.Start).Select(x => new Alternative(x.Start, x.End)).ToList(),
        };
        if (!refused && (await TracerRoom.LoadAsync(db, [offer], time.Start, found.Booking.Id, ct)).WhyNot(offer, time.Start) is { } tracer)
        {
            extensions["reasons"] = Array.Empty<ExplainRefusal.Reason>();
            extensions["tracer"] = tracer;
            return Problems.Conflict("no-tracer", tracer.Detail, extensions);
        }

        return refused
            ? Problems.Conflict("time-taken", "Someone else has this time. Your booking stays as it was.", extensions)
            : Problems.Invalid("start-not-offered", "This start is not offered. Your booking stays as it was.", extensions);
    }
}
