using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>Leaves the waitlist. A time that is held for the entry goes to the next in line.</summary>
public static class RemoveEntry
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapDelete("/waitlist/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("write");

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await WaitlistAccess.FindAsync(db, http, id, ct) is null)
        {
            return WaitlistAccess.Unknown();
        }

        var state = await db.InTransactionAsync(() => RemoveAsync(db, bus, id, ct), ct);
        return state == WaitlistEntry.Booked
            ? Problems.Conflict("already-confirmed", "The time is booked. Cancel the booking instead.")
            : TypedResults.NoContent();
    }

    /// <summary>Everything of an account that is erased.</summary>
    public static async Task OfSubjectAsync(BookingDb db, IPublishEndpoint bus, string subject, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var ids = await db.WaitlistEntries.AsNoTracking().Where(x => x.PatientSubject == subject).OrderBy(x => x.CenterId).Select(x => x.Id).ToArrayAsync(ct);
        foreach (var id in ids)
        {
            await RemoveAsync(db, bus, id, ct);
        }

        await PassOn.ForgetAsync(db, ids, ct);
        await db.Database.ExecuteSqlAsync($"UPDATE waitlist_entries SET patient_subject = NULL, caller = NULL, person = NULL WHERE id = ANY({ids})", ct);
    }

    /// <returns>The state it is in now.</returns>
    private static async Task<string> RemoveAsync(BookingDb db, IPublishEndpoint bus, Guid id, CancellationToken ct)
    {
        var known = await db.WaitlistEntries.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        if (!known.IsLive)
        {
            return known.State;
        }

        // The hold first, as everywhere. Under the center's lock no further offer is made; one made just before is locked late, which at worst is tried again.
        if (await WaitlistAccess.LiveHoldAsync(db, id, ct) is { } expected)
        {
            await db.Database.ExecuteSqlAsync($"SELECT 1 FROM holds WHERE id = {expected} FOR UPDATE", ct);
        }

        await FreedTime.LockAsync(db, known.CenterId, ct);
        var entry = (await db.WaitlistEntries.FromSql($"SELECT * FROM waitlist_entries WHERE id = {id} FOR UPDATE").AsNoTracking().ToListAsync(ct)).Single();
        return entry.IsLive ? await EndAsync(db, bus, entry, await WaitlistAccess.LiveHoldAsync(db, id, ct), ct) : entry.State;
    }

    private static async Task<string> EndAsync(BookingDb db, IPublishEndpoint bus, WaitlistEntry entry, Guid? holdId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"UPDATE waitlist_entries SET state = 'removed', caller = NULL, person = NULL, changed_at = now() WHERE id = {entry.Id}", ct);
        await PassOn.ForgetAsync(db, [entry.Id], ct);
        if (holdId is { } live)
        {
            await ReleaseHold.WithBookingAsync(db, bus, live, await db.NowAsync(ct), ct);
        }

        return WaitlistEntry.Removed;
    }
}
