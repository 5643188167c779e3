using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// What the center does for a patient who declined or could not be moved: gives the money back (a transfer to another center is that too: the patient books
/// there anew), or keeps the new times after a talk. The patient never gets less than what was not treated.
/// </summary>
public static class ResolveRepair
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/repairs/{id:guid}/patients/{bookingId:guid}/resolve", Handle)
            .RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();

    /// <summary>Resolution: <c>refund</c>, <c>transfer</c> or <c>kept</c>. RefundMinor: for begun courses, at least the share not treated; all if it is left out.</summary>
    public sealed record Request(string? Resolution, long? RefundMinor = null);

    private static async Task<Results<Ok<ShowRepairs.Detail>, ProblemHttpResult>> Handle(
        Guid id, Guid bookingId, Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await ChooseRepair.ForUpdateAsync(db, http, id, ct) is null)
        {
            return ChooseRepair.Unknown();
        }

        var rows = await db.RepairPatients.FromSql($"SELECT * FROM repair_patients WHERE repair_id = {id} AND booking_id = {bookingId} FOR UPDATE").AsNoTracking().ToListAsync(ct);
        if (rows is not [{ Resolution: null, State: RepairPatient.Declined or RepairPatient.Impossible } row])
        {
            return Problems.Conflict("nothing-to-resolve", "This patient did not decline, was moved, or has a solution already.");
        }

        var now = await db.NowAsync(ct);
        var booking = await db.Bookings.ForUpdateAsync(bookingId, ct);
        if (booking.State != BookingState.Confirmed)
        {
            return Problems.Conflict("booking-over", "This booking is no longer confirmed.", new() { ["state"] = booking.State.Name() });
        }

        switch (request.Resolution)
        {
            case "kept" when row.State == RepairPatient.Declined:
                await AnswerRepair.AcceptAsync(db, bus, row, booking, "clinic", now, ct);
                break;
            case "refund" or "transfer":
                var least = await LeastAsync(db, booking, ct);
                var refund = request.RefundMinor ?? booking.DepositPaidMinor;
                if (refund < least || refund > booking.DepositPaidMinor)
                {
                    return Problems.Invalid(
                        "refund-out-of-range", "The refund must be at least the share of what was not treated, and at most what was paid.",
                        new() { ["field"] = "refundMinor", ["leastMinor"] = least, ["mostMinor"] = booking.DepositPaidMinor, ["currency"] = booking.Currency });
                }

                await RefundAsync(db, bus, booking, refund, now, ct);
                break;
            default:
                return Problems.Fields(("resolution", row.State == RepairPatient.Declined ? "must be refund, transfer or kept" : "must be refund or transfer"));
        }

        await ResolvedAsync(db, row, request.Resolution!, ChooseRepair.Who(http), ct);
        return TypedResults.Ok(await ShowRepairs.LoadAsync(db, id, ct));
    }

    /// <summary>Ends the booking and frees its time. Sessions that were delivered stay as they are.</summary>
    internal static async Task RefundAsync(BookingDb db, IPublishEndpoint bus, Bookings.Booking booking, long refundMinor, DateTimeOffset now, CancellationToken ct)
    {
        if (!booking.Cancel(refundMinor, "clinic", now))
        {
            throw new InvalidOperationException("A confirmed booking could not be ended.");
        }

        await FreedTime.LockAsync(db, booking.CenterId, ct);
        var freed = await GiveBackTime.AheadOfBookingAsync(db, booking.Id, ct);
        await BookSessions.CancelAsync(db, null, booking.Id, ct);
        await db.SaveAsync(booking, ct);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).OrderBy(x => x.Number).ToListAsync(ct);
        await bus.PublishFor(booking.Id, booking.ToCancelled(sessions), ct);
        await FreedTime.NoteAsync(db, bus, booking.CenterId, freed, ct);
    }

    internal static Task<int> ResolvedAsync(BookingDb db, RepairPatient row, string resolution, string by, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"UPDATE repair_patients SET resolution = {resolution}, resolved_by = {by} WHERE repair_id = {row.RepairId} AND booking_id = {row.BookingId}", ct);

    private static async Task<long> LeastAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        var states = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id && x.State != Session.Cancelled && x.State != Session.Missed).Select(x => x.State).ToListAsync(ct);
        var open = states.Count(x => x != Session.Delivered);
        return states.Count == 0 ? booking.DepositPaidMinor : (booking.DepositPaidMinor * open + states.Count - 1) / states.Count;
    }
}
