using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Plans;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Cycles;

/// <summary>
/// From the day a period is expected to a plan in date ranges, and to the weeks of the laboratory that it needs; keeping them begins the questions. The day
/// is asked by POST and kept sealed in this browser, so that no address, history or log holds it.
/// </summary>
public static class PlanCycle
{
    private const int LongestDay = 40;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/offers/{id:guid}/cycle", async (
            Guid id, HttpContext http, CatalogClient catalog, CycleClient cycles, SecretCookies cookies, Texts texts, TimeProvider clock, CancellationToken ct) =>
            await OfOfferAsync(id, catalog, ct) is { } what ? await ShowAsync(what, Asked(id, cookies), null, http, cycles, texts, clock, ct) : TypedResults.StatusCode(StatusCodes.Status404NotFound));
        pages.MapPost("/offers/{id:guid}/cycle", async (
            Guid id, IFormCollection form, HttpContext http, CatalogClient catalog, CycleClient cycles, SecretCookies cookies, Texts texts, TimeProvider clock, CancellationToken ct) =>
            await OfOfferAsync(id, catalog, ct) is { } what ? await KeepAsync(what, form, http, cycles, cookies, texts, clock, ct) : TypedResults.StatusCode(StatusCodes.Status404NotFound));
        pages.MapPost("/offers/{id:guid}/cycle/day", (Guid id, IFormCollection form, SecretCookies cookies, Site site) =>
            Ask(id, form, cookies, site.Url($"/offers/{id}/cycle")));
        pages.MapPost("/plan/{id:guid}/cycle/day", (Guid id, IFormCollection form, SecretCookies cookies, Site site) =>
            Ask(id, form, cookies, site.Url($"/plan/{id}/cycle")));
        pages.MapGet("/plan/{id:guid}/cycle", async (
            Guid id, HttpContext http, CourseClient courses, CycleClient cycles, SecretCookies cookies, Texts texts, TimeProvider clock, CancellationToken ct) =>
        {
            var (what, instead) = await OfPlanAsync(id, courses, cookies, ct);
            return what is null ? instead! : await ShowAsync(what, Asked(id, cookies), null, http, cycles, texts, clock, ct);
        });
        pages.MapPost("/plan/{id:guid}/cycle", async (
            Guid id, IFormCollection form, HttpContext http, CourseClient courses, CycleClient cycles, SecretCookies cookies, Texts texts, TimeProvider clock, CancellationToken ct) =>
        {
            var (what, instead) = await OfPlanAsync(id, courses, cookies, ct);
            return what is null ? instead! : await KeepAsync(what, form, http, cycles, cookies, texts, clock, ct);
        });
    }

    /// <summary>What is planned: an offer's usual cycle, or a clinician's plan.</summary>
    public sealed record What(
        CycleSource Source, LocalText Procedure, LocalText Center, string? City, Money? Price, Money? Deposit, bool Demo, string Path, string Back, Guid OfferId, TreatmentPlan? Plan = null);

    public sealed record Refused(string Code, string? Step = null, DateOnly? Week = null);

    /// <summary><see cref="ByPlan"/>: Only a clinician's plan can be reserved, so no day is asked.</summary>
    public sealed record Model(What What, string Typed, CyclePreview? Preview, FormErrors Errors, string FormKey, Refused? Refused, bool ByPlan = false)
    {
        public bool Frozen => What.Plan?.Pattern.Ivf is { Retrieval: false };
    }

    private static IResult Ask(Guid id, IFormCollection form, SecretCookies cookies, string page)
    {
        var typed = form["day1"].ToString().Trim();
        cookies.Write(Name(id), typed.Length > LongestDay ? typed[..LongestDay] : typed, Kept);
        return Pages.SeeOther(page);
    }

    private static string? Asked(Guid id, SecretCookies cookies) => cookies.Read<string>(Name(id));

    private static string Name(Guid id) => $"day1-{id:N}";

    private static async Task<What?> OfOfferAsync(Guid id, CatalogClient catalog, CancellationToken ct) =>
        (await catalog.OfferAsync(id, ct)).Value is { Mode: "cycle" } offer
            ? new(new(OfferId: id), offer.Procedure, offer.Center.Name, offer.Center.City.Name.Text, offer.Price, offer.Deposit, offer.Demo || offer.Center.Demo, $"/offers/{id}/cycle", $"/offers/{id}", id)
            : null;

    private static async Task<(What? What, IResult? Instead)> OfPlanAsync(Guid id, CourseClient courses, SecretCookies cookies, CancellationToken ct)
    {
        var (plan, key, instead) = await ChooseDates.OpenAsync(id, courses, cookies, ct);
        if (plan is { Pattern.Ivf: null })
        {
            return (null, Pages.SeeOther($"/{Cultures.Current.Code}/plan/{id}"));
        }

        if (plan is { State: "withdrawn" or "expired" })
        {
            return (null, Pages.Page<PlanOverPage>(plan, StatusCodes.Status410Gone));
        }

        return plan is not null
            ? (new(new(PlanId: id, AccessKey: key), new(Names.In(plan.ProcedureNames), Cultures.Current.Code), new(Names.In(plan.CenterNames), Cultures.Current.Code), null, plan.Price, plan.Deposit, plan.Demo, $"/plan/{id}/cycle", $"/offers/{plan.OfferId}", plan.OfferId, plan), null)
            : (null, instead);
    }

    private static async Task<IResult> ShowAsync(What what, string? day1, Refused? refused, HttpContext http, CycleClient cycles, Texts texts, TimeProvider clock, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (errors, typed) = (new FormErrors(), day1?.Trim() ?? "");
        CyclePreview? preview = null;
        if (typed.Length == 0 && refused is null && what.Plan is null && (await cycles.PreviewAsync(what.Source, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1), ct)).Problem is { Slug: "needs-treatment-plan" })
        {
            return Pages.Page<PlanCyclePage>(new Model(what, typed, null, errors, "", null, ByPlan: true));
        }

        if (Day(typed) is { } day)
        {
            var answer = await cycles.PreviewAsync(what.Source, day, ct);
            preview = answer.Value;
            if (answer.Problem is { Errors.Count: > 0 })
            {
                errors.Add("day1", what.Plan is { } plan && day < plan.ReadyOn ? texts["cycle.day1-ready", ("day", Formats.DayAndYear(plan.ReadyOn))] : texts["cycle.day1-range"]);
            }
            else if (answer.Problem is { } problem)
            {
                refused ??= new(problem.Slug);
            }
        }
        else if (typed.Length > 0 || refused is not null)
        {
            errors.Add("day1", texts["plan.day-error"]);
            refused = null;
        }

        var status = refused is not null ? StatusCodes.Status409Conflict : errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return Pages.Page<PlanCyclePage>(new Model(what, typed, preview, errors, Guid.CreateVersion7().ToString("N"), refused), status);
    }

    private static async Task<IResult> KeepAsync(
        What what, IFormCollection form, HttpContext http, CycleClient cycles, SecretCookies cookies, Texts texts, TimeProvider clock, CancellationToken ct)
    {
        var typed = form["day1"].ToString();
        if (Day(typed) is not { } day)
        {
            return await ShowAsync(what, typed, new("none"), http, cycles, texts, clock, ct);
        }

        var kept = await cycles.ReserveAsync(what.Source, day, Keys.Of($"{form["key"]}|{what.Path}|{typed}"), ct);
        if (kept.Value is not { Hold: var hold })
        {
            var problem = kept.Problem!;
            return await ShowAsync(what, typed, problem.Errors.Count > 0 ? null : new(problem.Slug, problem.Extension<string>("step"), problem.Extension<DateOnly?>("week")), http, cycles, texts, clock, ct);
        }

        if (what.Plan is { } plan)
        {
            return ChooseDates.Begin(plan, hold, what.Source.AccessKey!, cookies, clock);
        }

        cookies.Save(new Draft(hold.HoldId, hold.AccessKey!, what.OfferId, clock.GetUtcNow(), cookies.Newest()?.Fields ?? []));
        return Pages.SeeOther(BookStep.Address(hold.HoldId, "who"));
    }

    public static DateOnly? Day(string typed) =>
        DateOnly.TryParseExact(Formats.WesternDigits(typed), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
