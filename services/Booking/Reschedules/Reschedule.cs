using MassTransit;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Reschedules;

/// <summary>Moves a patient's confirmed booking: in one transaction its old time is freed and the new one taken, or nothing changes.</summary>
public static class Reschedule
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/bookings/{id:guid}/reschedule", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();

    /// <remarks><c>start</c> for a single visit, <c>optionId</c> for a course. <c>expectedDifferenceMinor</c>: What the patient was shown.
    /// <c>sequence</c>: The booking's sequence as the patient saw it; without it only moves at the same moment are told apart.</remarks>
    public sealed record Request(DateTimeOffset? Start, long ExpectedDifferenceMinor, int? Sequence = null, Guid? OptionId = null);

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

        await FreedTime.LockAsync(db, booking.CenterId, ct);
        var refusal = (found.IsCourse, request) switch
        {
            (false, { Start: { } start }) => await MoveVisit.ToAsync(db, bus, found, start.ToUniversalTime(), ct),
            (true, { OptionId: { } option }) => await MoveCourse.ToAsync(db, bus, found, option, ct),
            (false, _) => Problems.Fields(("start", "must be given")),
            (true, _) => Problems.Fields(("optionId", "must be given")),
        };
        return refusal is not null ? refusal : TypedResults.Ok(await BookingView.LoadAsync(db, id, ct));
    }
}
