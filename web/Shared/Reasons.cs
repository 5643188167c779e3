using System.Net;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.Components;

namespace MedTourism.Web.Shared;

/// <summary>Reasons of the calendar in the page's language: why a plan is ranked as it is, and what stands in the way of a time or a plan.</summary>
public static class Reasons
{
    /// <summary>A reason that has no words here is told in English rather than not at all.</summary>
    public static MarkupString Say(this Texts texts, Reason why, string timeZone)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(why);
        var reason = why.Word("reason") is { Length: > 0 } word ? word : why.Word("name");
        var key = why.Code is "closed" or "holiday" && reason.Length == 0 ? $"plan.why-{why.Code}-bare" : $"plan.why-{why.Code}";
        return texts.Has(key)
            ? texts.Rich(key,
                ("resource", why.Word("resource")), ("reason", texts.Has($"clinics.reason-{reason}") ? texts[$"clinics.reason-{reason}"] : reason),
                ("limit", why.Word("limit")), ("found", why.Word("found")), ("hours", Number(why, "limit") / 60),
                ("days", Number(why, "days")), ("lost", Number(why, "lostDays")), ("gap", Number(why, "longestGapDays")), ("minutes", Number(why, "deviationMinutes")),
                ("stay", Number(why, "daysInCountry")), ("late", Number(why, "daysLate")),
                ("day", (why.Day("lastDay") ?? why.Day("firstDay")) is { } day ? Formats.DayAndYear(day) : ""), ("time", why.Word("usualStart") is { Length: >= 5 } time ? time[..5] : ""),
                ("span", Span(why, timeZone).TrimEnd('.'))) // a short month ends in a full stop, as the sentence does
            : new($"<span lang=\"en\" dir=\"ltr\">{WebUtility.HtmlEncode(why.Text)}</span>");
    }

    /// <summary>Why a start was refused, from the refusal's extensions; empty if it says nothing.</summary>
    public static Reason[] OfStart(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var told = problem.Extension<Dictionary<string, System.Text.Json.JsonElement>[]>("reasons") ?? [];
        Reason[] reasons = [.. told.Select(one => new Reason("", one, "")).Select(one => one with { Code = CodeOf(one), Text = one.Word("message") })];
        return problem.Extension<Dictionary<string, System.Text.Json.JsonElement>>("tracer") is { } tracer
            ? [.. reasons.Where(one => one.Code != "no-tracer"), new Reason(new Reason("", tracer, "").Word("reason"), tracer, problem.Detail ?? "")]
            : reasons;
    }

    /// <summary>The words of one start are those of the planner where both mean the same.</summary>
    private static string CodeOf(Reason told) => told.Word("code") switch
    {
        "resource-closed" => "status",
        "booked" or "allotted" => "taken",
        "horizon" => "start-horizon",
        "closed-hours" when told.Moment("from") is null => "closed-day",
        var code => code,
    };

    private static int Number(Reason why, string name) => int.TryParse(why.Word(name), out var number) ? number : 0;

    private static string Span(Reason why, string zone)
    {
        if ((why.Moment("from"), why.Moment("to")) is not ({ } from, { } to))
        {
            return why.Day("date") is { } date ? Formats.Day(date) : "";
        }

        var (first, last) = (Formats.At(from, zone), Formats.At(to, zone));
        var (day, end) = (DateOnly.FromDateTime(first.DateTime), DateOnly.FromDateTime(last.DateTime.AddTicks(-1)));
        return (first.TimeOfDay == TimeSpan.Zero && last.TimeOfDay == TimeSpan.Zero, day == end) switch
        {
            (true, true) => Formats.Day(day),
            (true, false) => $"{Formats.Day(day)} – {Formats.Day(end)}",
            (false, true) => $"{Formats.Moment(from, zone)}–{Formats.TimeAt(to, zone)}",
            _ => $"{Formats.Moment(from, zone)} – {Formats.Moment(to, zone)}",
        };
    }
}
