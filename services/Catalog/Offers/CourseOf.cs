using System.Text.Json;
using MedTourism.Catalog.Procedures;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Catalog.Offers;

/// <summary>
/// The course in a session pattern, if it has one: its repeated phase, the planning before it and how a lost session may be made up. A number is
/// sourced only where the pattern names the source beside it; all others need a clinician's sign-off.
/// </summary>
public static class CourseOf
{
    private static readonly string[] Weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri"];

    public static CourseTerms? Pattern(Pattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var phases = pattern.Details.GetProperty("phases").EnumerateArray().ToList();
        var repeated = phases.Find(IsRepeated);
        if (repeated.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        var planning = phases.Find(phase => phase.GetProperty("k").GetString() == "planning");
        var catchUp = Texts(pattern.Details, "catchUp");
        var second = catchUp.FirstOrDefault(text => text.StartsWith("second fraction the same day, at least 6 hours apart", StringComparison.Ordinal));
        var weekend = catchUp.FirstOrDefault(text => text.StartsWith("weekend fraction", StringComparison.Ordinal));
        var cycle = Range(repeated, "gap_days");
        var avoided = Texts(repeated, "avoid_start_weekday");
        var count = Range(repeated, "count");
        var delay = planning.ValueKind == JsonValueKind.Object ? Range(planning, "working_days") : (Min: 0, Max: 0);
        return new CourseTerms(
            pattern.Id,
            count.Min,
            count.Max,
            cycle.Max > 0 ? "cycle" : Number(repeated, "per_day") == 2 ? "twice-daily" : "daily",
            Number(repeated, "min_hours_between"),
            Number(repeated, "max_gap_calendar_days"),
            Number(repeated, "min_start_block_days"),
            avoided.Length == 0 ? [] : [.. Enumerable.Range(1, 5).Where(day => !avoided.Contains(Weekdays[day - 1]))],
            cycle.Min,
            cycle.Max,
            delay.Min,
            delay.Max,
            second is null ? 0 : 6,
            weekend is not null,
            pattern.Details.TryGetProperty("interruptPolicy", out _) ? 2 : 0,
            new()
            {
                ["sessions"] = ShowOffer.SignOff,
                ["cadence"] = ShowOffer.SignOff,
                ["minHoursBetween"] = ShowOffer.SignOff,
                ["maxGapDays"] = ShowOffer.SignOff,
                ["startBlock"] = ShowOffer.SignOff,
                ["startWeekdays"] = ShowOffer.SignOff,
                ["cycleDays"] = ShowOffer.SignOff,
                ["planningWorkingDays"] = ShowOffer.SignOff,
                ["secondSessionAfterHours"] = SourceOf(second),
                ["weekendCatchUp"] = SourceOf(weekend),
                ["maxProlongationDays"] = ShowOffer.SignOff,
            });
    }

    /// <summary>Sessions on weekdays, or cycles: more than one of them, and not counted as days of a stay.</summary>
    private static bool IsRepeated(JsonElement phase) =>
        Range(phase, "count").Max > 1 && (phase.TryGetProperty("gap_days", out _) || phase.GetProperty("k").GetString() is "fractions" or "treatment");

    private static (int Min, int Max) Range(JsonElement phase, string name) =>
        phase.TryGetProperty(name, out var range) ? (range[0].GetInt32(), range[1].GetInt32()) : (0, 0);

    private static int Number(JsonElement phase, string name) => phase.TryGetProperty(name, out var number) ? number.GetInt32() : 0;

    private static string[] Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(text => text.GetString()!)] : [];

    /// <summary>The key in brackets at the end, as in "weekend fraction [rtgap]".</summary>
    private static string SourceOf(string? text) =>
        text?.IndexOf('[', StringComparison.Ordinal) is >= 0 and var at ? text[(at + 1)..].TrimEnd(']') : ShowOffer.SignOff;
}
