using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Cycles;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Web.Clinics.Cycles;

/// <summary>
/// A doctor gives a cycle up. It reaches the patient at once, so a page of its own says first what it does, with the dates of the next attempt; what was
/// not seen on that page is not done: another day is shown first.
/// </summary>
public static class GiveUpCycle
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/cycles/{id:guid}/give-up", Show);
        console.MapPost("/cycles/{id:guid}/give-up", Handle).ProtectForm();
    }

    private static async Task<IResult> Show(Guid id, ClinicCycleClient client, CurrentUser user, TimeProvider clock, CancellationToken ct)
    {
        if (await FindAsync(id, client, ct) is not { } cycle)
        {
            return Results.NotFound();
        }

        var next = Next(cycle, clock);
        return Page(user, cycle, Written(next), await PreviewAsync(id, next, client, ct));
    }

    private static async Task<IResult> Handle(Guid id, HttpContext http, ClinicCycleClient client, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        if (!int.TryParse(form["version"], CultureInfo.InvariantCulture, out var version))
        {
            return Results.BadRequest();
        }

        var typed = form["day1"].ToString().Trim();
        var day = PlanCycle.Day(typed);
        if (day is { } asked && (form.ContainsKey("show") || form["seen"] != Written(asked)))
        {
            return await ShowDayAsync(id, asked, form.ContainsKey("show"), client, user, texts, ct);
        }

        var answer = day is { } seen ? await client.GiveUpAsync(id, seen, version, ct) : null;
        if (answer is { Ok: true })
        {
            notices.Leave("give-up");
            return Pages.SeeOther(site.Url("/console/cycles"));
        }

        if (await FindAsync(id, client, ct) is not { } cycle)
        {
            return Results.NotFound();
        }

        if (answer?.Problem is null or { Errors.Count: > 0 })
        {
            return WrongDay(user, cycle, typed, texts);
        }

        var problem = answer.Problem;
        return Page(
            user, cycle, typed, await PreviewAsync(id, day!.Value, client, ct), status: StatusCodes.Status409Conflict,
            refused: new(id, problem.Slug, problem.Extension<string>("step"), problem.Extension<DateOnly?>("week")));
    }

    /// <summary>The dates of another day, before anything is done; <paramref name="wished"/> if they were asked for.</summary>
    private static async Task<IResult> ShowDayAsync(Guid id, DateOnly day, bool wished, ClinicCycleClient client, CurrentUser user, Texts texts, CancellationToken ct)
    {
        if (await FindAsync(id, client, ct) is not { } cycle)
        {
            return Results.NotFound();
        }

        var answer = await client.PreviewGiveUpAsync(id, day, ct);
        return answer.Problem is { Errors.Count: > 0 } ? WrongDay(user, cycle, Written(day), texts) : Page(user, cycle, Written(day), answer.Value, unseen: !wished);
    }

    private static RazorComponentResult<GiveUpPage> WrongDay(CurrentUser user, Cycle cycle, string typed, Texts texts)
    {
        var errors = new FormErrors();
        errors.Add("day1", texts["cycle.c-refused-give-up-day"]);
        return Page(user, cycle, typed, null, errors, status: StatusCodes.Status422UnprocessableEntity);
    }

    private static RazorComponentResult<GiveUpPage> Page(
        CurrentUser user, Cycle cycle, string typed, CyclePreview? preview, FormErrors? errors = null, ListCycles.Refused? refused = null, bool unseen = false, int status = StatusCodes.Status200OK) =>
        Pages.Page<GiveUpPage>(new GiveUpPage.View(user.Person!, cycle, typed, errors ?? new(), refused, preview, unseen), status);

    private static async Task<CyclePreview?> PreviewAsync(Guid id, DateOnly day, ClinicCycleClient client, CancellationToken ct) => (await client.PreviewGiveUpAsync(id, day, ct)).Value;

    private static string Written(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<Cycle?> FindAsync(Guid id, ClinicCycleClient client, CancellationToken ct) => ((await client.CyclesAsync(ct)).Value ?? []).FirstOrDefault(one => one.Id == id);

    /// <summary>Not a day that is past, should the cycle be given up late.</summary>
    private static DateOnly Next(Cycle cycle, TimeProvider clock)
    {
        var (next, today) = (cycle.NextDay1 ?? cycle.Day1.AddDays(1), ShowCycle.Today(cycle, clock));
        return next < today ? today : next;
    }
}
