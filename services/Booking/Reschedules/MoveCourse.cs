using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Reschedules;

/// <summary>
/// Moves a whole course that has not begun to another plan of it: all its sessions or none. The plans come from the planner of the first booking, with
/// the course's own time counted as free, and are kept as options for an hour.
/// </summary>
public static class MoveCourse
{
    /// <summary>Up to five plans; or none, with what stands in the way and what would help.</summary>
    public static async Task<OfferCourses.Response> OptionsAsync(
        BookingDb db, RescheduleCase found, CoursePreferences preferences, BookingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(found);
        var plan = await PlanAsync(db, found, ct);
        return await OfferCourses.OfferAsync(db, plan, found.Offer!, preferences, found.Now, options, ct, [.. found.Moving.Select(x => x.Id)]);
    }

    /// <summary>Null if it moved; a refusal rolls the transaction back.</summary>
    public static async Task<ProblemHttpResult?> ToAsync(BookingDb db, IPublishEndpoint bus, RescheduleCase found, Guid optionId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(found);
        var option = await db.CourseOptions.AsNoTracking().SingleOrDefaultAsync(x => x.Id == optionId && x.PlanId == found.Booking.PlanId, ct);
        if (option is null)
        {
            return Problems.NotFound("option-unknown", "There is no such option any more. Look at the options again.");
        }

        var sessions = found.Moving.ToDictionary(x => x.Number);
        if (option.ExpiresAt <= found.Now || option.Visits[0].Time.Start < found.Now + FindStarts.LeadTime
            || option.Visits.Length != sessions.Count || !option.Visits.All(x => sessions.TryGetValue(x.Number, out var session) && session.Phase == x.Phase))
        {
            return Problems.Gone("option-expired", "This option was offered too long ago. Look at the options again.");
        }

        var moves = option.Visits.Select(x => new NewTime(sessions[x.Number], x.Time, x.ResourceIds)).ToList();
        if (moves.TrueForAll(x => x.Time.Start == x.Session.StartsAt))
        {
            return Problems.Fields(("optionId", "must be another plan than the booked one"));
        }

        var freed = await GiveBackTime.OfBookingAsync(db, found.Booking.Id, ct);
        var wanted = moves.ConvertAll(x => new TakeSessions.Wanted(x.Session.Id, x.Time, x.Resources));
        await db.Database.CurrentTransaction!.CreateSavepointAsync("reschedule", ct);
        if (!await TakeSessions.TryAsync(db, wanted, MoveSessions.Booked(found.Booking), ct))
        {
            await db.Database.CurrentTransaction.RollbackToSavepointAsync("reschedule", ct);
            return Problems.Conflict(
                "time-taken", "Someone was faster with some of these sessions. Your booking stays as it was. Look at the options again.",
                new() { ["lost"] = await LostAsync(db, found, moves, ct) });
        }

        await MoveSessions.SaveAsync(db, bus, found, moves, freed, ct);
        return null;
    }

    /// <summary>The booking's pattern is the one that was sold, whatever became of the plan since.</summary>
    private static async Task<TreatmentPlan> PlanAsync(BookingDb db, RescheduleCase found, CancellationToken ct)
    {
        var plan = await db.TreatmentPlans.AsNoTracking().SingleAsync(x => x.Id == found.Booking.PlanId, ct);
        return new TreatmentPlan
        {
            Id = plan.Id, OfferId = plan.OfferId, CenterId = plan.CenterId, State = plan.State, Pattern = found.Booking.Pattern!, Priority = plan.Priority,
            ReadyOn = plan.ReadyOn, DueOn = plan.DueOn, PriceMinor = plan.PriceMinor, DepositMinor = plan.DepositMinor, Currency = plan.Currency,
            ValidUntil = plan.ValidUntil, AccessKeyHash = plan.AccessKeyHash, IssuedBy = plan.IssuedBy, IssuedAt = plan.IssuedAt, BookingId = plan.BookingId,
            Demo = plan.Demo,
        };
    }

    /// <summary>The sessions that cannot be had any more, and what stands there.</summary>
    private static async Task<List<HoldCourse.Lost>> LostAsync(BookingDb db, RescheduleCase found, List<NewTime> moves, CancellationToken ct)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(found.Booking.TimeZone);
        var first = LocalTime.DateOf(moves.Min(x => x.Time.Start), zone);
        var days = LocalTime.DateOf(moves.Max(x => x.Time.End), zone).DayNumber - first.DayNumber + 1;
        var time = await LoadFreeTime.OfCenterAsync(db, found.Booking.CenterId, null, first, days, ct);
        return [.. moves
            .Select(x => (Move: x, Obstacles: x.Resources.SelectMany(id =>
                time?.Resources.SingleOrDefault(r => r.Id == id) is { } resource && !resource.IsFree(x.Time) ? resource.WhyNot(x.Time) : []).ToList()))
            .Where(x => x.Obstacles.Count > 0)
            .Select(x => new HoldCourse.Lost(
                x.Move.Session.Number, x.Move.Session.Phase, x.Move.Time.Start, x.Move.Time.End, x.Obstacles.ConvertAll(o => DescribeCourse.Say(o, zone))))];
    }
}
