using System.Globalization;

namespace MedTourism.Booking.Courses;

/// <summary>Tries what would have to give for a course to be possible, the smallest change first. The patient's own wishes come before clinical rules.</summary>
internal static class RelaxCourse
{
    private const int Most = 3;
    private const int MostHours = 12;

    public static List<Relaxation> Try(CourseRequest request, FreeTime time)
    {
        List<Relaxation> found = [];
        foreach (var (reason, clinical, relaxed) in Steps(request, time))
        {
            if (PlanCourse.Earliest(relaxed, time) is var (first, last) && found.TrueForAll(x => x.Reason.Code != reason.Code))
            {
                found.Add(new Relaxation(reason with { Parameters = new(reason.Parameters) { ["firstDay"] = first, ["lastDay"] = last } }, clinical, first, last));
                if (found.Count == Most)
                {
                    break;
                }
            }
        }

        return found;
    }

    private static IEnumerable<(Reason Reason, bool Clinical, CourseRequest Relaxed)> Steps(CourseRequest request, FreeTime time)
    {
        var pattern = request.Pattern;
        if (request.StartFrom is not null || request.StartTo is not null)
        {
            foreach (var step in Wider(request))
            {
                yield return step;
            }
        }

        if (request.LastDayBy is not null)
        {
            yield return (Say("last-day", [], "Ending later."), false, request with { LastDayBy = null });
            yield return (Say("hours-and-last-day", [], "Any hour and ending later."), false, request with { LastDayBy = null, StartFrom = null, StartTo = null });
        }

        if (pattern.Machine == MachineRule.Same && time.OfKind(pattern.ResourceKinds[0]).Any(x => x.MatchedSet is not null))
        {
            yield return Clinical("matched-machine", [], "Using beam-matched machines.", pattern with { Machine = MachineRule.Matched });
        }

        if (pattern.StartWeekdays.Length > 0)
        {
            yield return Clinical("start-weekday", [], "Beginning on any weekday.", pattern with { StartWeekdays = [] });
        }

        for (var more = 1; more <= 4 && pattern.MaxGapDays > 0; more++)
        {
            yield return Clinical(
                "gap", new() { ["limit"] = pattern.MaxGapDays + more }, $"A gap of {pattern.MaxGapDays + more} days.", pattern with { MaxGapDays = pattern.MaxGapDays + more });
        }

        if (pattern.StartBlock > 1)
        {
            yield return Clinical("start-block", new() { ["limit"] = 0 }, "No block of consecutive days at the beginning.", pattern with { StartBlock = 0 });
        }

        for (var fewer = 1; fewer <= pattern.MinPerWeek; fewer++)
        {
            var least = pattern.MinPerWeek - fewer;
            yield return Clinical("sessions-per-week", new() { ["limit"] = least }, $"{least} sessions a week at least.", pattern with { MinPerWeek = least });
        }

        if (pattern.Planning is { MaxWorkingDays: > 0 } planning)
        {
            yield return Clinical(
                "planning", new() { ["limit"] = planning.MaxWorkingDays + 10 }, $"Up to {planning.MaxWorkingDays + 10} working days between planning visit and first session.",
                pattern with { Planning = planning with { MaxWorkingDays = planning.MaxWorkingDays + 10 } });
        }

        if (pattern.EarliestStart is not null || pattern.LatestStart is not null)
        {
            yield return Clinical("pattern-hours", [], "Any hour of the day.", pattern with { EarliestStart = null, LatestStart = null });
        }

        (Reason Reason, bool Clinical, CourseRequest Relaxed) Clinical(string code, Dictionary<string, object?> parameters, string text, CoursePattern relaxed) =>
            (Say(code, parameters, text), true, request with { Pattern = relaxed });
    }

    /// <summary>An hour more on each side at a time, until the whole day is open.</summary>
    private static IEnumerable<(Reason Reason, bool Clinical, CourseRequest Relaxed)> Wider(CourseRequest request)
    {
        for (var hours = 1; hours <= MostHours; hours++)
        {
            var from = request.StartFrom is { } early && early.Hour >= hours ? early.AddHours(-hours) : (TimeOnly?)null;
            var to = request.StartTo is { } late && late.Hour + hours < 24 ? late.AddHours(hours) : (TimeOnly?)null;
            yield return (
                Say("hours", new() { ["from"] = from, ["to"] = to }, string.Create(
                    CultureInfo.InvariantCulture, $"Starting between {from ?? TimeOnly.MinValue:HH\\:mm} and {to ?? new TimeOnly(23, 55):HH\\:mm}.")),
                false, request with { StartFrom = from, StartTo = to });
            if (from is null && to is null)
            {
                break;
            }
        }
    }

    private static Reason Say(string code, Dictionary<string, object?> parameters, string text) => new(code, parameters, text);
}
