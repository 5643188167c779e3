using MedTourism.Web.Session;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>Orders implants: two trips with a healing gap. The form begins with the catalogue's numbers for the jaw; the dentist puts this patient's own.</summary>
public static class IssueTrips
{
    /// <summary>Visits of a trip that can be typed; an empty one is none.</summary>
    public const int MostVisits = 4;

    private static readonly PlanField[] Fields =
    [
        new("jaw", "pattern.trips.jaw"), new("gap-min", "pattern.trips.gapMinDays"), new("gap-max", "pattern.trips.gapMaxDays"), new("graft", "pattern.trips.graftDays"),
        .. Trip("first"), new("first-stay", "pattern.trips.stayDays"), .. Trip("second"), new("second-stay"), new("fly", "pattern.trips.flyAfterDays"), new("machine-kind", "pattern.resourceKinds"),
    ];

    private static IEnumerable<PlanField> Trip(string trip) =>
        Enumerable.Range(1, MostVisits).SelectMany(n => new PlanField[] { new($"{trip}-{n}", n == 1 ? $"pattern.trips.{trip}" : null), new($"{trip}-{n}-after") });

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/plans/new/{offer:guid}/trips", Show);
        console.MapPost("/plans/new/{offer:guid}/trips", Handle).ProtectForm();
    }

    private static async Task<IResult> Show(Guid offer, string? jaw, [AsParameters] PlanDesk desk, CancellationToken ct) =>
        await desk.DefaultsAsync(offer, ct) is { Trips: { } trips } defaults
            ? await desk.ShowAsync<IssueTripsPage>(defaults, Prefilled(jaw == "upper" ? trips.Upper : trips.Lower, defaults, desk.Site.Today), ct)
            : Results.NotFound();

    private static async Task<IResult> Handle(Guid offer, HttpContext http, [AsParameters] PlanDesk desk, CancellationToken ct)
    {
        if (await desk.DefaultsAsync(offer, ct) is not { Trips: not null } defaults)
        {
            return Results.NotFound();
        }

        var form = await desk.ReadAsync(http, ct);
        var (first, second) = (Visits(form, "first"), Visits(form, "second"));
        var graft = form.Number("graft");
        var trips = new PlanTrips(
            form.Text("jaw"), graft, first, second, form.Number("gap-min") + graft, form.Number("gap-max") + graft, form.Number("first-stay"), form.Number("second-stay"), form.Number("fly"));
        var plan = form.Plan(defaults, defaults.Pattern with { Sessions = first.Length + second.Length, ResourceKinds = [form.Text("machine-kind")], Trips = trips });
        return await desk.IssueAsync<IssueTripsPage>(defaults, form, plan, Fields, "jaw", ct);
    }

    private static TripVisit[] Visits(PlanForm form, string trip) =>
        [.. Enumerable.Range(1, MostVisits).Where(n => form.Text($"{trip}-{n}").Length > 0).Select(n => new TripVisit(form.Number($"{trip}-{n}"), n == 1 ? 0 : form.Number($"{trip}-{n}-after")))];

    private static Dictionary<string, string> Prefilled(PlanTrips trips, PlanDefaults defaults, DateOnly today)
    {
        var typed = new Dictionary<string, string>(PlanForm.Prefilled(defaults, today))
        {
            ["jaw"] = trips.Jaw ?? "lower",
            ["graft"] = $"{trips.GraftDays}",
            ["gap-min"] = $"{trips.GapMinDays}",
            ["gap-max"] = $"{trips.GapMaxDays}",
            ["first-stay"] = $"{trips.FirstStayDays}",
            ["second-stay"] = $"{trips.SecondStayDays}",
            ["fly"] = $"{trips.FlyAfterDays}",
            ["machine-kind"] = defaults.Pattern.ResourceKinds.FirstOrDefault() ?? "",
        };
        foreach (var (trip, visits) in new[] { ("first", trips.First), ("second", trips.Second) })
        {
            foreach (var (visit, n) in visits.Take(MostVisits).Select((visit, at) => (visit, at + 1)))
            {
                typed[$"{trip}-{n}"] = $"{visit.Minutes}";
                typed[$"{trip}-{n}-after"] = $"{visit.AfterDays}";
            }
        }

        return typed;
    }
}
