using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Cycles;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Clinics.Cycles;

/// <summary>
/// A doctor gives a cycle up. It reaches the patient at once, so a page of its own says first what it does; what was not seen on that page is not done.
/// </summary>
public static class GiveUpCycle
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/cycles/{id:guid}/give-up", Show);
        console.MapPost("/cycles/{id:guid}/give-up", Handle).ProtectForm();
    }

    private static async Task<IResult> Show(Guid id, ClinicCycleClient client, CurrentUser user, TimeProvider clock, CancellationToken ct) =>
        await FindAsync(id, client, ct) is { } cycle
            ? Pages.Page<GiveUpPage>(new GiveUpPage.View(user.Person!, cycle, Next(cycle, clock).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), new(), null))
            : Results.NotFound();

    private static async Task<IResult> Handle(Guid id, HttpContext http, ClinicCycleClient client, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        if (!int.TryParse(form["version"], CultureInfo.InvariantCulture, out var version))
        {
            return Results.BadRequest();
        }

        var (typed, errors) = (form["day1"].ToString().Trim(), new FormErrors());
        var answer = PlanCycle.Day(typed) is { } day ? await client.GiveUpAsync(id, day, version, ct) : null;
        if (answer is { Ok: true })
        {
            notices.Leave("give-up");
            return Pages.SeeOther(site.Url("/console/cycles"));
        }

        if (await FindAsync(id, client, ct) is not { } cycle)
        {
            return Results.NotFound();
        }

        var problem = answer?.Problem;
        if (problem is null or { Errors.Count: > 0 })
        {
            errors.Add("day1", texts["cycle.c-refused-give-up-day"]);
        }

        var refused = errors.Any ? null : new ListCycles.Refused(id, problem!.Slug, problem.Extension<string>("step"), problem.Extension<DateOnly?>("week"));
        return Pages.Page<GiveUpPage>(
            new GiveUpPage.View(user.Person!, cycle, typed, errors, refused), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict);
    }

    private static async Task<Cycle?> FindAsync(Guid id, ClinicCycleClient client, CancellationToken ct) => ((await client.CyclesAsync(ct)).Value ?? []).FirstOrDefault(one => one.Id == id);

    /// <summary>Not a day that is past, should the cycle be given up late.</summary>
    private static DateOnly Next(Cycle cycle, TimeProvider clock)
    {
        var (next, today) = (cycle.NextDay1 ?? cycle.Day1.AddDays(1), ShowCycle.Today(cycle, clock));
        return next < today ? today : next;
    }
}
