using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Cycles;

/// <summary>
/// A step as it is planned and between which days it may come to lie. <see cref="IfNeeded"/> marks scans that only a longer stimulation needs; they
/// are no appointments yet.
/// </summary>
public sealed record CycleStep(string Code, string Phase, DateTimeOffset Start, DateTimeOffset End, DateOnly Earliest, DateOnly Latest, bool IfNeeded = false);

/// <summary>One step's week of laboratory capacity, by its Monday.</summary>
public readonly record struct CycleWeek(string Step, DateOnly Week);

/// <summary>
/// A cycle in dates of the center. Until the trigger is set it is the shortest one, with the latest days beside it. <see cref="StayFrom"/> to
/// <see cref="StayTo"/> are the days to be there; from <see cref="EarliestFlight"/> on one may fly, <see cref="LatestFlight"/> if everything takes longest.
/// </summary>
public sealed record CyclePlan(
    DateOnly Day1,
    DateOnly? StimulationStart,
    DateTimeOffset? TriggerEarliest,
    DateTimeOffset? TriggerLatest,
    IReadOnlyList<CycleStep> Steps,
    IReadOnlyList<CycleWeek> Weeks,
    DateOnly StayFrom,
    DateOnly StayTo,
    DateOnly EarliestFlight,
    DateOnly LatestFlight,
    DateOnly? TestFrom,
    DateOnly? TestTo)
{
    /// <summary>The steps that are appointments.</summary>
    public IEnumerable<CycleStep> Appointments => Steps.Where(step => !step.IfNeeded);
}

/// <summary>
/// Lays out a cycle from its day 1 and, once known, the hour of the trigger. Pure. Weekends and holidays are not asked: retrieval follows the trigger
/// to the hour and transfer follows retrieval to the day, so the laboratory must work.
/// </summary>
public static class PlanCycle
{
    public static CyclePlan Of(CyclePattern pattern, DateOnly day1, DateTimeOffset? trigger, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(zone);
        return pattern.Retrieval ? Fresh(pattern, day1, trigger, zone) : Frozen(pattern, day1, zone);
    }

    public static DateOnly WeekOf(DateOnly day) => day.AddDays(day.DayOfWeek == DayOfWeek.Sunday ? -6 : 1 - (int)day.DayOfWeek);

    private static CyclePlan Fresh(CyclePattern pattern, DateOnly day1, DateTimeOffset? trigger, TimeZoneInfo zone)
    {
        var stimulation = day1.AddDays(pattern.StimulationStartDay - 1);
        var earliest = trigger ?? At(stimulation.AddDays(pattern.StimulationMinDays), pattern.TriggerTime);
        var latest = trigger ?? At(stimulation.AddDays(pattern.StimulationMaxDays), pattern.TriggerTime);
        var steps = Scans(earliest, latest).ToList();
        var (first, last) = (earliest.AddHours(pattern.HoursToRetrieval), latest.AddHours(pattern.HoursToRetrieval));
        var (retrieved, retrievedLast) = (LocalTime.DateOf(first, zone), LocalTime.DateOf(last, zone));
        steps.Add(new CycleStep(Phases.Retrieval, Phases.Retrieval, first, first.AddMinutes(pattern.RetrievalMinutes), retrieved, retrievedLast));
        List<CycleWeek> weeks = [new(Phases.Retrieval, WeekOf(retrieved))];
        if (pattern.TransferDay is { } days)
        {
            var (start, day) = (At(retrieved.AddDays(days), pattern.TransferTime), retrieved.AddDays(days));
            steps.Add(new CycleStep(Phases.Transfer, Phases.Transfer, start, start.AddMinutes(pattern.TransferMinutes), day, retrievedLast.AddDays(days)));
            weeks.Add(new CycleWeek(Phases.Transfer, WeekOf(day)));
        }

        return Around(pattern, day1, stimulation, earliest, latest, steps, weeks, stimulation);

        IEnumerable<CycleStep> Scans(DateTimeOffset planned, DateTimeOffset longest)
        {
            var (until, end) = (LocalTime.DateOf(planned, zone), LocalTime.DateOf(longest, zone));
            var day = stimulation;
            for (var n = 1; day <= end; day = day.AddDays(pattern.MonitoringEvery[(n - 2) % pattern.MonitoringEvery.Length]))
            {
                var start = At(day, pattern.MonitoringTime);
                yield return new CycleStep($"{Phases.Monitoring}-{n}", Phases.Monitoring, start, start.AddMinutes(pattern.MonitoringMinutes), day, day, day > until);
                n++;
            }
        }

        DateTimeOffset At(DateOnly day, TimeOnly time) => LocalTime.Opening(day, time, zone);
    }

    private static CyclePlan Frozen(CyclePattern pattern, DateOnly day1, TimeZoneInfo zone)
    {
        var day = day1.AddDays((pattern.TransferCycleDay ?? 1) - 1);
        var start = LocalTime.Opening(day, pattern.TransferTime, zone);
        List<CycleStep> steps = [new(Phases.Transfer, Phases.Transfer, start, start.AddMinutes(pattern.TransferMinutes), day, day)];
        return Around(pattern, day1, null, null, null, steps, [new(Phases.Transfer, WeekOf(day))], day);
    }

    private static CyclePlan Around(
        CyclePattern pattern, DateOnly day1, DateOnly? stimulation, DateTimeOffset? earliest, DateTimeOffset? latest, List<CycleStep> steps,
        List<CycleWeek> weeks, DateOnly stayFrom)
    {
        var last = steps[^1];
        var (flight, flightLatest) = (last.Earliest.AddDays(pattern.FlyAfterDays), last.Latest.AddDays(pattern.FlyAfterDays));
        var transfer = steps.Find(step => step.Phase == Phases.Transfer);
        return new CyclePlan(
            day1, stimulation, earliest, latest, steps, weeks, stayFrom, flightLatest, flight, flightLatest,
            transfer?.Earliest.AddDays(pattern.TestFromDays), transfer?.Latest.AddDays(pattern.TestToDays));
    }
}
