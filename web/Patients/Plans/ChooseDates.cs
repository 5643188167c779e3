using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Stays;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Plans;

/// <summary>A treatment plan and up to five sets of dates for it, ranked; wishes are a GET, keeping one is a POST that begins the ordinary questions.</summary>
public static class ChooseDates
{
    /// <summary>Parts of the day, as hours of the center.</summary>
    public static readonly (string Name, TimeOnly? From, TimeOnly? To)[] Parts =
        [("any", null, null), ("morning", null, new(12, 0)), ("afternoon", new(12, 0), new(17, 0)), ("evening", new(17, 0), null)];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/plan/{id:guid}", Show);
        pages.MapPost("/plan/{id:guid}/hold", Keep);
    }

    /// <summary>What the patient wished, as typed.</summary>
    public sealed record Wishes(string From, string By, string Part, bool Stay);

    public sealed record Model(TreatmentPlan Plan, CourseOptions Options, StayAnswer?[] Stays, StayPanel.View? Entry, Wishes Wishes, FormErrors Errors, string FormKey, string? Refused = null)
    {
        public string Procedure => Names.In(Plan.ProcedureNames);
        public string Center => Names.In(Plan.CenterNames);
    }

    private static async Task<IResult> Show(
        Guid id, string? from, string? by, string? part, string? stay, HttpContext http, CourseClient courses, CycleClient trips, CatalogClient catalog,
        SecretCookies cookies, Locales.Texts texts, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (plan, key, instead) = await OpenAsync(id, courses, cookies, ct);
        return plan switch
        {
            null => instead!,
            { Pattern.Trips: not null } => await ChooseTrips.ShowAsync(plan, key!, ChooseTrips.Wishes.Of(field => http.Request.Query[field]), null, trips, texts, ct),
            { Pattern.Ivf: not null } => Pages.SeeOther($"/{Cultures.Current.Code}/plan/{id}/cycle"),
            _ => await ShowAsync(plan, key!, new(from ?? "", by ?? "", part ?? "any", stay == "on"), null, courses, catalog, cookies, texts, ct),
        };
    }

    /// <summary>The plan and its key, or the page to show instead: its link was never opened here, or its dates are kept or booked already.</summary>
    public static async Task<(TreatmentPlan? Plan, string? Key, IResult? Instead)> OpenAsync(Guid id, CourseClient courses, SecretCookies cookies, CancellationToken ct)
    {
        if (cookies.Read<string>($"plan-{id:N}") is not { } key || (await courses.PlanAsync(id, key, ct)).Value is not { } plan)
        {
            return (null, null, Pages.Page<PlanUnknownPage>(status: StatusCodes.Status404NotFound));
        }

        if (plan.BookingId is { } booked)
        {
            cookies.SaveBookingKey(booked, key); // the plan's key is its booking's
            return (null, null, Pages.SeeOther($"/{Cultures.Current.Code}/booking/{booked}"));
        }

        return plan is { State: "held", HoldId: { } held } && cookies.Draft(held) is not null
            ? (null, null, Pages.SeeOther(BookStep.Address(held, "who")))
            : (plan, key, null);
    }

    private static async Task<IResult> ShowAsync(
        TreatmentPlan plan, string key, Wishes wishes, string? refused, CourseClient courses, CatalogClient catalog, SecretCookies cookies, Locales.Texts texts, CancellationToken ct)
    {
        var errors = new FormErrors();
        var first = Day(wishes.From, "from", errors, texts);
        var last = Day(wishes.By, "by", errors, texts);
        var hours = Parts.FirstOrDefault(one => one.Name == wishes.Part);
        var most = wishes.Stay && plan.Patient is { } patient && (await courses.StayAsync(patient.Citizenship, plan.ReadyOn, plan.ReadyOn, ct)).Value?.Patient.AllowedDays is > 0 and var allowed ? allowed : (int?)null;
        var answer = errors.Any || plan.State is "withdrawn" or "booked" or "expired"
            ? null
            : await courses.OptionsAsync(plan.Id, new(first, last, hours.From, hours.To, most), key, ct);
        var options = answer?.Value ?? new CourseOptions([], [], []);
        if (answer?.Problem is { } problem)
        {
            errors.Add("from", problem.Errors.Count > 0 ? string.Join(Formats.Comma, problem.Errors.SelectMany(one => one.Value)) : problem.Detail ?? texts["plan.refused"]);
        }

        var asked = AskStay.Of(cookies, plan.Id, texts);
        var stays = plan.Patient is null
            ? new StayAnswer?[options.Options.Length]
            : await Task.WhenAll(options.Options.Select(async one => (await courses.StayAsync(plan.Patient.Citizenship, one.ArriveOn, one.LeaveOn, ct, asked.Companion, asked.Passport)).Value));
        var entry = stays.FirstOrDefault() is { } best
            ? new StayPanel.View($"/plan/{plan.Id}/stay", asked, best, await AskStay.CountriesAsync(catalog, ct), [(options.Options[0].ArriveOn, options.Options[0].LeaveOn)], Wishes: wishes)
            : null;
        return Pages.Page<PlanPage>(
            new Model(plan, options, stays, entry, wishes, errors, Guid.CreateVersion7().ToString("N"), refused),
            refused is not null ? StatusCodes.Status409Conflict : errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    /// <summary>A day as typed; null, with an error at the field, if it is none.</summary>
    internal static DateOnly? Day(string typed, string field, FormErrors errors, Locales.Texts texts)
    {
        if (typed.Length == 0)
        {
            return null;
        }

        if (DateOnly.TryParseExact(Formats.WesternDigits(typed), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        errors.Add(field, texts["plan.day-error"]);
        return null;
    }

    private static async Task<IResult> Keep(
        Guid id, IFormCollection form, CourseClient courses, CatalogClient catalog, SecretCookies cookies, Locales.Texts texts, TimeProvider clock, CancellationToken ct)
    {
        var wishes = new Wishes(form["from"].ToString(), form["by"].ToString(), form["part"].ToString(), form["stay"] == "on");
        var (plan, key, instead) = await OpenAsync(id, courses, cookies, ct);
        if (plan is null)
        {
            return instead!;
        }

        if (!Guid.TryParse(form["option"], out var option))
        {
            return await ShowAsync(plan, key!, wishes, "none", courses, catalog, cookies, texts, ct);
        }

        var kept = await courses.HoldAsync(option, key!, Keys.Of($"{form["key"]}|{id}|{option}"), ct);
        return kept.Value is { } hold ? Begin(plan, hold, key!, cookies, clock) : await ShowAsync(plan, key!, wishes, kept.Problem!.Slug, courses, catalog, cookies, texts, ct);
    }

    /// <summary>Begins the ordinary questions. What the center already knows need not be typed again; it can be changed on the way.</summary>
    public static IResult Begin(TreatmentPlan plan, Hold hold, string key, SecretCookies cookies, TimeProvider clock)
    {
        var known = plan is { Patient: { } patient, Contact: { } contact } ? Known(patient, contact) : [];
        cookies.Save(new Draft(hold.HoldId, hold.AccessKey ?? key, plan.OfferId, clock.GetUtcNow(), known));
        return Pages.SeeOther(BookStep.Address(hold.HoldId, "who"));
    }

    private static Dictionary<string, string> Known(PlanPatient patient, PlanContact contact) => new()
    {
        ["who"] = "self",
        ["given"] = patient.GivenNames,
        ["family"] = patient.FamilyName,
        ["single"] = patient.GivenNames.Length == 0 ? "on" : "",
        ["latin-asked"] = $"{patient.GivenNames}|{patient.FamilyName}",
        ["dob-d"] = $"{patient.DateOfBirth.Day}",
        ["dob-m"] = $"{patient.DateOfBirth.Month}",
        ["dob-y"] = $"{patient.DateOfBirth.Year}",
        ["citizenship"] = patient.Citizenship,
        ["email"] = contact.Email,
        ["phone"] = contact.Phone ?? "",
        ["neutral"] = contact.NeutralTitle ? "on" : "",
    };
}

/// <summary>Names kept by culture, in the page's language or the nearest there is.</summary>
public static class Names
{
    public static string In(IReadOnlyDictionary<string, string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.GetValueOrDefault(Cultures.Current.Code) ?? names.GetValueOrDefault("en") ?? names.Values.FirstOrDefault() ?? "";
    }
}
