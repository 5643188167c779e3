using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics.Cycles;

/// <summary>A center's cycles: where each is, what it proposes, and the doctor's words that move it. Booking checks the roles again.</summary>
public static class ListCycles
{
    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/cycles", (ClinicCycleClient client, CurrentUser user, Notices notices, CancellationToken ct) =>
        ShowAsync(null, client, user, notices.Take(), ct));

    public static void MapAccepting(IEndpointRouteBuilder console) => console.MapPost("/cycles/{id:guid}/accept", Accept).ProtectForm();

    public static void MapTreating(IEndpointRouteBuilder console) => console.MapPost("/cycles/{id:guid}/trigger", Trigger).ProtectForm();

    /// <summary>Why nothing was done, and to which cycle.</summary>
    public sealed record Refused(Guid Id, string Code, string? Step = null, DateOnly? Week = null);

    private static async Task<IResult> ShowAsync(Refused? refused, ClinicCycleClient client, CurrentUser user, Notice? notice, CancellationToken ct) =>
        Pages.Page<CyclesPage>(
            new CyclesPage.View(user.Person!, (await client.CyclesAsync(ct)).Value ?? [], refused, notice), refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);

    private static async Task<IResult> Accept(Guid id, HttpContext http, ClinicCycleClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        return int.TryParse(form["version"], CultureInfo.InvariantCulture, out var version)
            ? await DoneAsync("accept", id, await client.AcceptAsync(id, version, ct), client, user, notices, site, ct)
            : Results.BadRequest();
    }

    private static async Task<IResult> Trigger(Guid id, HttpContext http, ClinicCycleClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        if (((await client.CyclesAsync(ct)).Value ?? []).FirstOrDefault(one => one.Id == id) is not { } cycle)
        {
            return Results.NotFound();
        }

        return Formats.ReadMoment(form["at"], cycle.TimeZone) is { } at
            ? await DoneAsync("trigger", id, await client.TriggerAsync(id, at, ct), client, user, notices, site, ct)
            : await ShowAsync(new(id, "trigger-time"), client, user, null, ct);
    }

    private static async Task<IResult> DoneAsync(
        string what, Guid id, Answer<Cycle> answer, ClinicCycleClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        if (answer.Problem is { } problem)
        {
            var code = problem.Errors.ContainsKey("at") ? "trigger-time" : problem.Slug;
            return await ShowAsync(new(id, code, problem.Extension<string>("step"), problem.Extension<DateOnly?>("week")), client, user, null, ct);
        }

        notices.Leave(what);
        return Pages.SeeOther(site.Url("/console/cycles"));
    }
}
