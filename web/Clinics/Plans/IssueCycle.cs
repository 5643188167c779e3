using System.Globalization;
using MedTourism.Web.Session;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>
/// Orders an IVF cycle: retrieval and transfer, retrieval with all embryos frozen, or the transfer of a frozen embryo. The form begins with the catalogue's
/// numbers; the doctor puts this patient's own, and the day of a frozen transfer, for which there is none.
/// </summary>
public static class IssueCycle
{
    public static readonly string[] Kinds = ["fresh", "freeze", "frozen"];

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/plans/new/{offer:guid}/cycle", Show);
        console.MapPost("/plans/new/{offer:guid}/cycle", Handle).ProtectForm();
    }

    /// <summary>A treatment that is a frozen transfer is nothing else; another may be any of them, as a cycle in two trips ends with one.</summary>
    public static string[] KindsOf(PlanIvf usual)
    {
        ArgumentNullException.ThrowIfNull(usual);
        return usual.Retrieval ? Kinds : ["frozen"];
    }

    private static async Task<IResult> Show(Guid offer, string? kind, [AsParameters] PlanDesk desk, CancellationToken ct) =>
        await desk.DefaultsAsync(offer, ct) is { Ivf: { } usual } defaults
            ? await desk.ShowAsync<IssueCyclePage>(defaults, Prefilled(defaults, usual, Kind(usual, kind), desk.Site.Today), ct)
            : Results.NotFound();

    private static async Task<IResult> Handle(Guid offer, HttpContext http, [AsParameters] PlanDesk desk, CancellationToken ct)
    {
        if (await desk.DefaultsAsync(offer, ct) is not { Ivf: { } usual } defaults)
        {
            return Results.NotFound();
        }

        var form = await desk.ReadAsync(http, ct);
        if (form.Text("as") is { Length: > 0 } other)
        {
            return await desk.ShowAsync<IssueCyclePage>(defaults, As(Kind(usual, other), form, defaults, usual, desk.Site.Today), ct);
        }

        var kind = form.Typed["kind"] = Kind(usual, form.Text("kind"));
        var plan = form.Plan(defaults, defaults.Pattern with { Ivf = Read(form, usual, kind) });
        return await desk.IssueAsync<IssueCyclePage>(defaults, form, plan, Fields(kind), kind == "frozen" ? "transfer-cycle-day" : "start-day", ct);
    }

    private static string Kind(PlanIvf usual, string? wished) =>
        KindsOf(usual).Contains(wished) ? wished! : !usual.Retrieval ? "frozen" : usual.TransferDay is null ? "freeze" : "fresh";

    private static PlanField[] Fields(string kind) =>
    [
        new("transfer-cycle-day", "pattern.ivf.transferCycleDay"), new("start-day"), new("stim-min", "pattern.ivf.stimulation"), new("stim-max"), new("scans"), new("trigger-hours", "pattern.ivf.hoursToRetrieval"),
        new("transfer-day", "pattern.ivf.transferDay"), new("fly"), new("test-from", "pattern.ivf.days"), new("test-to"), new("next-days"), new("scan-time"), new("scan-minutes"), new("trigger-time"),
        new("retrieval-minutes", kind == "frozen" ? null : "pattern.ivf.minutes"), new("transfer-time"), new("transfer-minutes", kind == "frozen" ? "pattern.ivf.minutes" : null),
    ];

    private static PlanIvf Read(PlanForm form, PlanIvf usual, string kind)
    {
        var around = usual with { FlyAfterDays = form.Number("fly"), NextCycleDays = form.Number("next-days"), Retrieval = kind != "frozen", TransferDay = null, TransferCycleDay = null };
        if (kind != "freeze")
        {
            around = around with
            {
                TransferDay = kind == "fresh" ? form.Number("transfer-day") : null,
                TransferCycleDay = kind == "frozen" ? form.Number("transfer-cycle-day") : null,
                TransferTime = form.Time("transfer-time"),
                TransferMinutes = form.Number("transfer-minutes"),
                TestFromDays = form.Number("test-from"),
                TestToDays = form.Number("test-to"),
            };
        }

        return kind == "frozen" ? around : around with
        {
            StimulationStartDay = form.Number("start-day"),
            StimulationMinDays = form.Number("stim-min"),
            StimulationMaxDays = form.Number("stim-max"),
            TriggerTime = form.Time("trigger-time"),
            HoursToRetrieval = form.Number("trigger-hours"),
            RetrievalMinutes = form.Number("retrieval-minutes"),
            MonitoringEvery = form.Numbers("scans"),
            MonitoringTime = form.Time("scan-time"),
            MonitoringMinutes = form.Number("scan-minutes"),
        };
    }

    private static Dictionary<string, string> Prefilled(PlanDefaults defaults, PlanIvf usual, string kind, DateOnly today) => new(PlanForm.Prefilled(defaults, today))
    {
        ["kind"] = kind,
        ["ready"] = $"{today:yyyy-MM-dd}", // a period may begin today
        ["transfer-day"] = $"{usual.TransferDay ?? 5}",
        ["transfer-cycle-day"] = $"{usual.TransferCycleDay}",
        ["start-day"] = $"{usual.StimulationStartDay}",
        ["stim-min"] = $"{usual.StimulationMinDays}",
        ["stim-max"] = $"{usual.StimulationMaxDays}",
        ["trigger-time"] = Clock(usual.TriggerTime),
        ["trigger-hours"] = $"{usual.HoursToRetrieval}",
        ["retrieval-minutes"] = $"{usual.RetrievalMinutes}",
        ["scans"] = string.Join(", ", usual.MonitoringEvery),
        ["scan-time"] = Clock(usual.MonitoringTime),
        ["scan-minutes"] = $"{usual.MonitoringMinutes}",
        ["transfer-time"] = Clock(usual.TransferTime),
        ["transfer-minutes"] = $"{usual.TransferMinutes}",
        ["fly"] = $"{usual.FlyAfterDays}",
        ["test-from"] = $"{usual.TestFromDays}",
        ["test-to"] = $"{usual.TestToDays}",
        ["next-days"] = $"{usual.NextCycleDays}",
    };

    /// <summary>The form of another kind with all that was typed so far.</summary>
    private static Dictionary<string, string> As(string kind, PlanForm form, PlanDefaults defaults, PlanIvf usual, DateOnly today)
    {
        var typed = Prefilled(defaults, usual, kind, today);
        foreach (var (field, value) in form.Typed.Where(one => one.Key is not ("as" or "kind")))
        {
            typed[field] = value;
        }

        return typed;
    }

    private static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
