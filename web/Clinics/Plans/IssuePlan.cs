using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>A doctor or scheduler orders a treatment for a patient: pattern with this patient's numbers, price, validity; the patient gets a link.</summary>
public static class IssuePlan
{
    private static readonly (string Field, string Problem)[] Fields =
    [
        ("sessions", "pattern.sessions"), ("minutes", "pattern.sessionMinutes"), ("first-minutes", "pattern.firstSessionMinutes"), ("cadence", "pattern.cadence"), ("hours", "pattern.minHoursBetween"),
        ("gap", "pattern.maxGapDays"), ("week", "pattern.minPerWeek"), ("block", "pattern.startBlock"), ("machine-kind", "pattern.resourceKinds"), ("planning-minutes", "pattern.planning.minutes"),
        ("planning-kind", "pattern.planning.resourceKinds"), ("planning-min", "pattern.planning.minWorkingDays"), ("planning-max", "pattern.planning.maxWorkingDays"), ("prolong", "pattern.maxProlongationDays"),
        ("price", "priceMinor"), ("deposit", "depositMinor"), ("valid", "validUntil"), ("ready", "readyOn"), ("due", "dueOn"), ("priority", "priority"), ("family", "patient.familyName"),
        ("given", "patient.givenNames"), ("born", "patient.dateOfBirth"), ("citizenship", "patient.citizenship"), ("email", "contact.email"), ("phone", "contact.phone"),
    ];

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/plans/new/{offer:guid}", Show);
        console.MapPost("/plans/new/{offer:guid}", Handle).ProtectForm();
    }

    private static async Task<IResult> Show(Guid offer, ClinicCourseClient client, CatalogClient catalog, CurrentUser user, TimeProvider clock, CancellationToken ct) =>
        (await client.DefaultsAsync(offer, ct)).Value is { } defaults
            ? await PageAsync(defaults, Prefilled(defaults, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)), new(), catalog, user, ct)
            : Results.NotFound();

    private static async Task<IResult> PageAsync(PlanDefaults defaults, Dictionary<string, string> typed, FormErrors errors, CatalogClient catalog, CurrentUser user, CancellationToken ct)
    {
        var countries = ((await catalog.CountriesAsync(ct)).Value ?? []).OrderBy(one => one.Name.Text, StringComparer.Create(Cultures.Current.Culture, true)).ToArray();
        return Pages.Page<IssuePlanPage>(new IssuePlanPage.View(user.Person!, defaults, typed, errors, countries), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private static async Task<IResult> Handle(
        Guid offer, HttpContext http, ClinicCourseClient client, CatalogClient catalog, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        if ((await client.DefaultsAsync(offer, ct)).Value is not { } defaults)
        {
            return Results.NotFound();
        }

        var form = await http.Request.ReadFormAsync(ct);
        var typed = form.Keys.ToDictionary(key => key, key => Formats.WesternDigits(form[key].ToString().Trim()));
        var errors = new FormErrors();
        var plan = Read(offer, defaults, typed, errors, texts);
        if (!errors.Any)
        {
            var issued = await client.IssueAsync(plan, Keys.Of($"{typed.GetValueOrDefault("key")}|{System.Text.Json.JsonSerializer.Serialize(plan)}"), ct);
            if (issued.Ok)
            {
                notices.Leave("issued");
                return Pages.SeeOther(site.Url("/console/plans"));
            }

            foreach (var (path, _) in issued.Problem!.Errors)
            {
                var field = Fields.FirstOrDefault(one => path.StartsWith(one.Problem, StringComparison.OrdinalIgnoreCase)).Field;
                errors.Add(field ?? "sessions", texts["courses.field-error", ("field", field is null ? path : texts[$"courses.f-{field}"])]);
            }

            if (!errors.Any)
            {
                errors.Add("sessions", issued.Problem.Detail ?? texts["change.refused"]);
            }
        }

        return await PageAsync(defaults, typed, errors, catalog, user, ct);
    }

    private static NewPlan Read(Guid offer, PlanDefaults defaults, Dictionary<string, string> typed, FormErrors errors, Texts texts)
    {
        var planning = Text("planning-kind").Length == 0 ? null
            : new PlanPlanning([Text("planning-kind")], Number("planning-minutes"), Number("planning-min"), Number("planning-max"));
        var pattern = defaults.Pattern with
        {
            Sessions = Number("sessions"),
            SessionMinutes = Number("minutes"),
            FirstSessionMinutes = Number("first-minutes"),
            Cadence = Text("cadence"),
            MinHoursBetween = Number("hours"),
            MaxGapDays = Number("gap"),
            MinPerWeek = Number("week"),
            StartBlock = Number("block"),
            ResourceKinds = [Text("machine-kind"), .. defaults.Pattern.ResourceKinds.Where(kind => kind != Text("machine-kind")).Skip(defaults.Pattern.ResourceKinds.Contains(Text("machine-kind")) ? 0 : 1)],
            Machine = Text("matched") == "on" ? "matched" : "same",
            Planning = planning,
            CatchUp = new(Number("second-after"), Text("weekend") == "on"),
            MaxProlongationDays = Number("prolong"),
        };
        var valid = Day("valid");
        return new(
            offer, pattern, Money("price"), Money("deposit"), new DateTimeOffset((valid ?? default).ToDateTime(new TimeOnly(18, 0)), TimeSpan.FromHours(5)), Day("ready"), Text("due").Length == 0 ? null : Day("due"),
            Number("priority"), new(Text("family"), Text("given"), Day("born"), Text("citizenship")), new(Text("email"), Text("phone") is { Length: > 0 } phone ? phone : null, Text("culture")));

        string Text(string field) => typed.GetValueOrDefault(field, "");

        int Number(string field)
        {
            if (Text(field).Length == 0)
            {
                return 0;
            }

            if (int.TryParse(Text(field), CultureInfo.InvariantCulture, out var number) && number >= 0)
            {
                return number;
            }

            errors.Add(field, texts["courses.field-error", ("field", texts[$"courses.f-{field}"])]);
            return 0;
        }

        long Money(string field)
        {
            if (long.TryParse(Text(field).Replace(" ", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var whole) && whole >= 0)
            {
                return whole * 100;
            }

            errors.Add(field, texts["courses.field-error", ("field", texts[$"courses.f-{field}"])]);
            return 0;
        }

        DateOnly? Day(string field)
        {
            if (DateOnly.TryParseExact(Text(field), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            errors.Add(field, texts["courses.field-error", ("field", texts[$"courses.f-{field}"])]);
            return null;
        }
    }

    private static Dictionary<string, string> Prefilled(PlanDefaults defaults, DateOnly today)
    {
        var pattern = defaults.Pattern;
        return new()
        {
            ["key"] = Guid.CreateVersion7().ToString("N"),
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
            ["price"] = $"{defaults.PriceMinor / 100}",
            ["deposit"] = $"{(defaults.DepositMinor > 0 ? defaults.DepositMinor : defaults.PriceMinor / 10) / 100}",
            ["valid"] = $"{today.AddDays(30):yyyy-MM-dd}",
            ["ready"] = $"{today.AddDays(1):yyyy-MM-dd}",
            ["priority"] = "3",
            ["culture"] = "en",
        };
    }
}
