using System.Globalization;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics.Outages;

/// <summary>Machines that are down, and the form that takes one down: its sessions are replanned at once, and nothing is sent before it is confirmed.</summary>
public static class MarkDown
{
    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/outages", (ClinicClient clinic, ClinicCourseClient client, CurrentUser user, Notices notices, TimeProvider clock, CancellationToken ct) =>
        ShowAsync(Blank(clock), null, clinic, client, user, notices.Take(), ct));

    public static void MapScheduling(IEndpointRouteBuilder console)
    {
        console.MapPost("/outages", Handle).ProtectForm();
        console.MapPost("/outages/{id:guid}/end", End).ProtectForm();
    }

    private static Dictionary<string, string> Blank(TimeProvider clock)
    {
        var now = clock.GetUtcNow().ToOffset(TimeSpan.FromHours(5));
        return new() { ["key"] = Guid.CreateVersion7().ToString("N"), ["from"] = now.ToString(Formats.LocalInput, CultureInfo.InvariantCulture), ["to"] = now.AddDays(2).ToString("yyyy-MM-dd'T'18:00", CultureInfo.InvariantCulture) };
    }

    private static async Task<IResult> ShowAsync(Dictionary<string, string> typed, string? error, ClinicClient clinic, ClinicCourseClient client, CurrentUser user, Notice? notice, CancellationToken ct)
    {
        var resources = (await clinic.ResourcesAsync(ct)).Value ?? [];
        var view = new OutagesPage.View(user.Person!, resources, (await client.OutagesAsync(ct)).Value ?? [], (await client.RepairsAsync(ct)).Value ?? [], typed, error, notice);
        return Pages.Page<OutagesPage>(view, error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> Handle(HttpContext http, ClinicClient clinic, ClinicCourseClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var typed = form.Keys.ToDictionary(key => key, key => Formats.WesternDigits(form[key].ToString().Trim()));
        var machine = ((await clinic.ResourcesAsync(ct)).Value ?? []).FirstOrDefault(one => $"{one.Id}" == typed.GetValueOrDefault("machine"));
        if (machine is null || At("from", machine.TimeZone) is not { } from || At("to", machine.TimeZone) is not { } to || to <= from)
        {
            return await ShowAsync(typed, "times", clinic, client, user, null, ct);
        }

        if (typed.GetValueOrDefault("reason", "").Length is 0 or > 200)
        {
            return await ShowAsync(typed, "reason", clinic, client, user, null, ct);
        }

        var down = await client.MarkDownAsync(machine.Id, from, to, typed["reason"], Keys.Of($"{typed.GetValueOrDefault("key")}|{machine.Id}|{from:O}|{to:O}"), ct);
        if (down.Value is not { } outage)
        {
            return await ShowAsync(typed, "refused", clinic, client, user, null, ct);
        }

        notices.Leave("down", ("machine", machine.Name));
        return Pages.SeeOther(site.Url(outage.RepairId is { } repair ? $"/console/repairs/{repair}" : "/console/outages"));

        DateTimeOffset? At(string field, string zone) => Formats.ReadMoment(typed.GetValueOrDefault(field), zone);
    }

    private static async Task<IResult> End(Guid id, ClinicCourseClient client, Notices notices, Site site, CancellationToken ct)
    {
        notices.Leave((await client.EndOutageAsync(id, ct)).Ok ? "ended" : "not-ended");
        return Pages.SeeOther(site.Url("/console/outages"));
    }
}
