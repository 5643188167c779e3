using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>A doctor or scheduler orders a treatment for a patient: pattern with this patient's numbers, price, validity; the patient gets a link.</summary>
public static class IssuePlan
{
    private static readonly PlanField[] Fields =
    [
        new("sessions", "pattern.sessions"), new("minutes", "pattern.sessionMinutes"), new("first-minutes", "pattern.firstSessionMinutes"), new("cadence", "pattern.cadence"),
        new("hours", "pattern.minHoursBetween"), new("gap", "pattern.maxGapDays"), new("week", "pattern.minPerWeek"), new("block", "pattern.startBlock"), new("prolong", "pattern.maxProlongationDays"),
        new("second-after"), new("machine-kind", "pattern.resourceKinds"), new("planning-kind", "pattern.planning.resourceKinds"), new("planning-minutes", "pattern.planning.minutes"),
        new("planning-min", "pattern.planning.minWorkingDays"), new("planning-max", "pattern.planning.maxWorkingDays"),
    ];

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/plans/new/{offer:guid}", Show);
        console.MapPost("/plans/new/{offer:guid}", Handle).ProtectForm();
        IssueTrips.Map(console);
        IssueCycle.Map(console);
    }

    private static async Task<IResult> Show(Guid offer, [AsParameters] PlanDesk desk, CancellationToken ct) => await desk.DefaultsAsync(offer, ct) switch
    {
        null => Results.NotFound(),
        { Trips: not null } => Pages.SeeOther(desk.Site.Url($"/console/plans/new/{offer}/trips")),
        { Ivf: not null } => Pages.SeeOther(desk.Site.Url($"/console/plans/new/{offer}/cycle")),
        { } defaults => await desk.ShowAsync<IssuePlanPage>(defaults, Prefilled(defaults, desk.Site.Today), ct),
    };

    private static async Task<IResult> Handle(Guid offer, HttpContext http, [AsParameters] PlanDesk desk, CancellationToken ct)
    {
        if (await desk.DefaultsAsync(offer, ct) is not { } defaults)
        {
            return Results.NotFound();
        }

        var form = await desk.ReadAsync(http, ct);
        return await desk.IssueAsync<IssuePlanPage>(defaults, form, Read(defaults, form), Fields, "sessions", ct);
    }

    private static NewPlan Read(PlanDefaults defaults, PlanForm form)
    {
        var machine = form.Text("machine-kind");
        var planning = form.Text("planning-kind").Length == 0 ? null
            : new PlanPlanning([form.Text("planning-kind")], form.Number("planning-minutes"), form.Number("planning-min"), form.Number("planning-max"));
        return form.Plan(defaults, defaults.Pattern with
        {
            Sessions = form.Number("sessions"),
            SessionMinutes = form.Number("minutes"),
            FirstSessionMinutes = form.Number("first-minutes"),
            Cadence = form.Text("cadence"),
            MinHoursBetween = form.Number("hours"),
            MaxGapDays = form.Number("gap"),
            MinPerWeek = form.Number("week"),
            StartBlock = form.Number("block"),
            ResourceKinds = [machine, .. defaults.Pattern.ResourceKinds.Where(kind => kind != machine).Skip(defaults.Pattern.ResourceKinds.Contains(machine) ? 0 : 1)],
            Machine = form.Text("matched") == "on" ? "matched" : "same",
            Planning = planning,
            CatchUp = new(form.Number("second-after"), form.Text("weekend") == "on"),
            MaxProlongationDays = form.Number("prolong"),
        });
    }

    private static Dictionary<string, string> Prefilled(PlanDefaults defaults, DateOnly today)
    {
        var pattern = defaults.Pattern;
        return new(PlanForm.Prefilled(defaults, today))
        {
            ["sessions"] = $"{pattern.Sessions}",
            ["minutes"] = $"{pattern.SessionMinutes}",
            ["first-minutes"] = $"{pattern.FirstSessionMinutes}",
            ["cadence"] = pattern.Cadence,
            ["hours"] = $"{pattern.MinHoursBetween}",
            ["gap"] = $"{pattern.MaxGapDays}",
            ["week"] = $"{pattern.MinPerWeek}",
            ["block"] = $"{pattern.StartBlock}",
            ["machine-kind"] = pattern.ResourceKinds.FirstOrDefault() ?? "",
            ["matched"] = pattern.Machine == "matched" ? "on" : "",
            ["second-after"] = $"{pattern.CatchUp?.SecondSessionAfterHours ?? 0}",
            ["weekend"] = pattern.CatchUp?.Weekend == true ? "on" : "",
            ["prolong"] = $"{pattern.MaxProlongationDays}",
            ["planning-minutes"] = "60",
            ["planning-min"] = $"{defaults.PlanningMinWorkingDays ?? 0}",
            ["planning-max"] = $"{defaults.PlanningMaxWorkingDays ?? 0}",
        };
    }
}
