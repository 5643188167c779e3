using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Cycles;

/// <summary>A booked cycle: one tap on the day it begins moves every step; what moved stands old beside new until the next change.</summary>
public static class ShowCycle
{
    private static readonly TimeSpan MovesLast = TimeSpan.FromDays(10);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/cycle/{id:guid}", async (Guid id, HttpContext http, CycleClient cycles, SecretCookies cookies, TimeProvider clock, Texts texts, CancellationToken ct) =>
            await ShowAsync(id, "", null, http, cycles, cookies, clock, ct));
        pages.MapPost("/cycle/{id:guid}/started", Started);
    }

    /// <summary>A step that went elsewhere; without an old time it is new, without a new one it is dropped.</summary>
    public sealed record Move(string Code, string Phase, DateTimeOffset? Old, DateTimeOffset? New);

    /// <summary>What the last change did, as long as it is the last.</summary>
    public sealed record Moves(int Version, DateOnly OldDay1, Move[] Steps);

    public sealed record Model(Cycle Cycle, DateOnly Today, Moves? Moves, string Typed, FormErrors Errors, PlanCycle.Refused? Refused);

    private static async Task<IResult> ShowAsync(
        Guid id, string typed, (FormErrors Errors, PlanCycle.Refused? Refused)? wrong, HttpContext http, CycleClient cycles, SecretCookies cookies, TimeProvider clock, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        if (KeyOf(id, cookies) is not { } key || (await cycles.CycleAsync(id, key, ct)).Value is not { } cycle)
        {
            return Pages.Page<CycleUnknownPage>(status: StatusCodes.Status404NotFound);
        }

        if (cycle.BookingId is { } booking)
        {
            cookies.SaveBookingKey(booking, key); // the letter's key is its booking's too
        }

        var moves = cookies.Read<Moves>(Name(id)) is { } kept && kept.Version == cycle.Version ? kept : null;
        return Pages.Page<CyclePage>(
            new Model(cycle, Today(cycle, clock), moves, typed, wrong?.Errors ?? new(), wrong?.Refused),
            wrong is null ? StatusCodes.Status200OK : wrong.Value.Refused is null ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Started(
        Guid id, IFormCollection form, HttpContext http, CycleClient cycles, SecretCookies cookies, TimeProvider clock, Site site, Texts texts, CancellationToken ct)
    {
        if (KeyOf(id, cookies) is not { } key || (await cycles.CycleAsync(id, key, ct)).Value is not { } before)
        {
            return Pages.Page<CycleUnknownPage>(status: StatusCodes.Status404NotFound);
        }

        // The button for today says so by its name; the other form brings a date.
        var typed = form["day1"].ToString().Trim();
        var (errors, day) = (new FormErrors(), form["when"] == "today" ? Today(before, clock) : PlanCycle.Day(typed));
        if (day is null)
        {
            errors.Add("day1", texts["plan.day-error"]);
            return await ShowAsync(id, typed, (errors, null), http, cycles, cookies, clock, ct);
        }

        var moved = await cycles.StartedAsync(id, day.Value, key, ct);
        if (moved.Value is { } after)
        {
            if (after.Version != before.Version)
            {
                cookies.Write(Name(id), new Moves(after.Version, before.Day1, [.. Compare(before, after)]), MovesLast);
            }

            return Pages.SeeOther(site.Url($"/cycle/{id}"));
        }

        var problem = moved.Problem!;
        if (problem.Errors.Count > 0)
        {
            errors.Add("day1", texts["cycle.started-range"]);
            return await ShowAsync(id, typed, (errors, null), http, cycles, cookies, clock, ct);
        }

        return await ShowAsync(id, typed, (errors, new(problem.Slug, problem.Extension<string>("step"), problem.Extension<DateOnly?>("week"))), http, cycles, cookies, clock, ct);
    }

    public static IEnumerable<Move> Compare(Cycle before, Cycle after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (old, now) = (Appointments(before), Appointments(after));
        return from code in old.Keys.Union(now.Keys)
               let was = old.GetValueOrDefault(code)
               let becomes = now.GetValueOrDefault(code)
               where was?.Start != becomes?.Start
               orderby becomes?.Start ?? was!.Start
               select new Move(code, (becomes ?? was)!.Phase, was?.Start, becomes?.Start);

        static Dictionary<string, CycleStep> Appointments(Cycle cycle) => cycle.Steps.Where(step => step is { IfNeeded: false, State: not "cancelled" }).ToDictionary(step => step.Code);
    }

    /// <summary>The calendar day where the cycle is: the laboratory counts in it.</summary>
    public static DateOnly Today(Cycle cycle, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(cycle);
        ArgumentNullException.ThrowIfNull(clock);
        return Formats.DayAt(clock.GetUtcNow(), cycle.TimeZone);
    }

    /// <summary>From the letter's link, or from the booking or the draft this browser has of it.</summary>
    private static string? KeyOf(Guid id, SecretCookies cookies) => cookies.Read<string>($"cycle-{id:N}") ?? cookies.Draft(id)?.AccessKey;

    private static string Name(Guid id) => $"moves-{id:N}";
}
