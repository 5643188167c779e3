using MedTourism.Web.Clients;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Clinics.Outages;

/// <summary>What a failure does to each patient, the ways to repair it, and what staff decide. The system proposes; nothing is sent before "apply".</summary>
public static class ShowRepair
{
    private static readonly string[] Actions = ["apply", "undo", "replan"];

    /// <summary>Sent for what is no amount: Booking refuses it as out of range and says which are in it.</summary>
    private const long Unread = -1;

    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/repairs/{id:guid}", (Guid id, ClinicClient clinic, ClinicCourseClient client, CurrentUser user, Notices notices, CancellationToken ct) =>
        ShowAsync(id, null, null, clinic, client, user, notices.Take(), ct));

    /// <summary>Schedulers choose and apply, doctors approve what is clinical: Booking checks the roles again.</summary>
    public static void MapDeciding(IEndpointRouteBuilder console) => console.MapPost("/repairs/{id:guid}", Handle).ProtectForm();

    private static async Task<IResult> ShowAsync(
        Guid id, Problem? problem, (Guid Booking, string Typed)? settling, ClinicClient clinic, ClinicCourseClient client, CurrentUser user, Notice? notice, CancellationToken ct) =>
        (await client.RepairAsync(id, ct)).Value is { } repair
            ? Pages.Page<RepairPage>(
                new RepairPage.View(user.Person!, repair, ((await clinic.ResourcesAsync(ct)).Value ?? []).FirstOrDefault()?.TimeZone ?? "Asia/Almaty", problem?.Slug, notice, Refused(problem, settling)),
                problem is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict)
            : Results.NotFound();

    private static async Task<IResult> Handle(Guid id, HttpContext http, ClinicClient clinic, ClinicCourseClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var action = form["action"].ToString();
        Guid? settled = action == "resolve" && Guid.TryParse(form["booking"], out var patient) ? patient : null;
        var answer = action switch
        {
            "choose" => await client.ActAsync(id, "choose", new { proposal = form["proposal"].ToString() }, ct),
            "approve" => await client.ActAsync(id, "approve", new { bookingIds = form["booking"].Select(text => Guid.TryParse(text, out var booking) ? booking : Guid.Empty).ToArray() }, ct),
            "resolve" when settled is { } booking => await client.ResolveAsync(
                id, booking, form["resolution"].ToString(), form["resolution"] == "kept" ? null : Amount.Read(form["refund"].ToString(), form["currency"].ToString()) ?? Unread, ct),
            _ when Actions.Contains(action) => await client.ActAsync(id, action, null, ct),
            _ => null,
        };
        if (answer is null)
        {
            return Results.NotFound();
        }

        if (answer.Problem is { } problem)
        {
            return await ShowAsync(id, problem, settled is { } one ? (one, form["refund"].ToString()) : null, clinic, client, user, null, ct);
        }

        notices.Leave($"repair-{action}");
        return Pages.SeeOther(site.Url($"/console/repairs/{answer.Value?.Id ?? id}"));
    }

    /// <summary>What was typed, beside the bounds that Booking tells.</summary>
    private static StuckPatient.Refused? Refused(Problem? problem, (Guid Booking, string Typed)? settling) =>
        problem is { Slug: "refund-out-of-range" } told && settling is var (booking, typed)
            ? new(booking, typed, told.Extension<long>("leastMinor"), told.Extension<long>("mostMinor"))
            : null;
}
