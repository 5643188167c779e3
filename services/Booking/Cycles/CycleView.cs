using MedTourism.Booking.Bookings;
using MedTourism.Booking.Holds;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// A cycle as its patient and its clinic see it: the plan with its date ranges, and each step's appointment. <see cref="NextDay1"/> is when the next one
/// is expected if this one is given up.
/// </summary>
public sealed record CycleView(
    Guid Id,
    Guid? BookingId,
    string? Reference,
    string BookingState,
    string State,
    int Attempt,
    int Version,
    string CenterId,
    string TimeZone,
    DateOnly Day1,
    DateTimeOffset? TriggerAt,
    CycleView.Dates Plan,
    List<CycleView.Step> Steps,
    List<CycleWeek> Weeks,
    string[] Sources,
    string Note,
    DateOnly NextDay1)
{
    public const string SignOff = "Planned from the center's usual numbers; the doctor's word decides.";

    /// <summary>Days of the center. Ranges end where the longest stimulation would end.</summary>
    public sealed record Dates(
        DateOnly? StimulationStart,
        DateTimeOffset? TriggerEarliest,
        DateTimeOffset? TriggerLatest,
        DateOnly StayFrom,
        DateOnly StayTo,
        DateOnly EarliestFlight,
        DateOnly LatestFlight,
        DateOnly? TestFrom,
        DateOnly? TestTo)
    {
        public static Dates Of(CyclePlan plan)
        {
            ArgumentNullException.ThrowIfNull(plan);
            return new Dates(
                plan.StimulationStart, plan.TriggerEarliest, plan.TriggerLatest, plan.StayFrom, plan.StayTo, plan.EarliestFlight, plan.LatestFlight,
                plan.TestFrom, plan.TestTo);
        }
    }

    /// <summary><see cref="State"/> is that of its session, or <c>planned</c> for a scan that only a longer stimulation needs.</summary>
    public sealed record Step(
        string Code, string Phase, DateTimeOffset Start, DateTimeOffset End, DateOnly Earliest, DateOnly Latest, bool IfNeeded, Guid? SessionId, string State);

    public static async Task<CycleView> LoadAsync(BookingDb db, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var cycle = await db.Cycles.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var hold = await db.Holds.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var booking = await db.Bookings.AsNoTracking().SingleOrDefaultAsync(x => x.Id == hold.BookingId, ct);
        var sessions = await (
            from step in db.CycleSteps.AsNoTracking()
            join session in db.Sessions.AsNoTracking() on step.SessionId equals session.Id
            where step.CycleId == id && step.Attempt == cycle.Attempt
            select new { step.Code, session }).ToDictionaryAsync(x => x.Code, x => x.session, ct);
        var plan = cycle.Plan;
        return new CycleView(
            id, booking?.Id, booking?.Reference, BookedAs(booking, hold, await db.NowAsync(ct)),
            cycle.State, cycle.Attempt, cycle.Version, cycle.CenterId, cycle.TimeZone, cycle.Day1, cycle.TriggerAt, Dates.Of(plan), StepsOf(), [.. plan.Weeks],
            CyclePattern.Sources, SignOff, cycle.Day1.AddDays(cycle.Pattern.NextCycleDays));

        // Past its hold an unpaid booking is over, whether the sweep has come by or not.
        static string BookedAs(Bookings.Booking? booking, Hold hold, DateTimeOffset now) =>
            booking is not null && booking.State != Bookings.BookingState.AwaitingDeposit ? booking.State.Name()
            : !hold.IsLive(now) ? Hold.Expired
            : booking?.State.Name() ?? Hold.Held;

        List<Step> StepsOf() => [.. plan.Steps.Select(step =>
        {
            var session = sessions.GetValueOrDefault(step.Code);
            var (start, end) = session is null ? (step.Start, step.End) : (session.StartsAt, session.EndsAt);
            return new Step(step.Code, step.Phase, start, end, step.Earliest, step.Latest, step.IfNeeded, session?.Id, session?.State ?? "planned");
        }).OrderBy(step => step.Start)];
    }
}
