using System.Globalization;
using MedTourism.Web.Patients.Cycles;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics.Cycles;

/// <summary>How many retrievals and transfers the laboratory takes in each week. One form sets a range of weeks; places that patients keep stay theirs.</summary>
public static class SetCapacity
{
    private static readonly string[] Steps = ["retrieval", "transfer"];

    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/cycles/capacity", (ClinicCycleClient client, CurrentUser user, Notices notices, TimeProvider clock, CancellationToken ct) =>
        ShowAsync(Blank(clock), null, [], client, user, notices.Take(), ct));

    public static void MapScheduling(IEndpointRouteBuilder console) => console.MapPost("/cycles/capacity", Handle).ProtectForm();

    private static Dictionary<string, string> Blank(TimeProvider clock)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return new() { ["step"] = Steps[0], ["from"] = $"{today:yyyy-MM-dd}", ["to"] = $"{today.AddDays(27):yyyy-MM-dd}", ["capacity"] = "" };
    }

    private static async Task<IResult> ShowAsync(
        Dictionary<string, string> typed, string? error, CapacityWeek[] inUse, ClinicCycleClient client, CurrentUser user, Notice? notice, CancellationToken ct)
    {
        var weeks = (await client.CapacityAsync(null, ct)).Value ?? [];
        return Pages.Page<CapacityPage>(
            new CapacityPage.View(user.Person!, weeks, typed, error, inUse, notice),
            error switch { null => StatusCodes.Status200OK, "in-use" => StatusCodes.Status409Conflict, _ => StatusCodes.Status422UnprocessableEntity });
    }

    private static async Task<IResult> Handle(HttpContext http, ClinicCycleClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var typed = form.Keys.ToDictionary(key => key, key => Formats.WesternDigits(form[key].ToString().Trim()));
        var (step, from, to) = (typed.GetValueOrDefault("step", ""), PlanCycle.Day(typed.GetValueOrDefault("from", "")), PlanCycle.Day(typed.GetValueOrDefault("to", "")));
        if (!Steps.Contains(step) || from is null || to is null || to < from)
        {
            return await ShowAsync(typed, "from", [], client, user, null, ct);
        }

        if (!int.TryParse(typed.GetValueOrDefault("capacity"), CultureInfo.InvariantCulture, out var capacity) || capacity is < 0 or > 1000)
        {
            return await ShowAsync(typed, "capacity", [], client, user, null, ct);
        }

        if ((await client.SetCapacityAsync(step, from.Value, to.Value, capacity, ct)).Problem is { } problem)
        {
            return problem.Slug == "capacity-in-use"
                ? await ShowAsync(typed, "in-use", problem.Extension<CapacityWeek[]>("weeks") ?? [], client, user, null, ct)
                : await ShowAsync(typed, problem.Errors.ContainsKey("to") ? "from" : "other", [], client, user, null, ct);
        }

        notices.Leave("capacity");
        return Pages.SeeOther(site.Url("/console/cycles/capacity"));
    }
}
