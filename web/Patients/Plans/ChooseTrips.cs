using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Plans;

/// <summary>A treatment in two trips: up to five pairs of dates, of which one is kept whole. Dates that went meanwhile are answered with those free now.</summary>
public static class ChooseTrips
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapPost("/plan/{id:guid}/trips/hold", Keep);

    /// <summary>What the patient wished, as typed.</summary>
    public sealed record Wishes(string From, string Return, string Part)
    {
        public static Wishes Of(Func<string, string?> field) => new(field("from") ?? "", field("return") ?? "", field("part") is { Length: > 0 } part ? part : "any");
    }

    public sealed record Model(TreatmentPlan Plan, TripOptions? Options, Wishes Wishes, FormErrors Errors, string FormKey, string? Refused = null)
    {
        public string Procedure => Names.In(Plan.ProcedureNames);
        public string Center => Names.In(Plan.CenterNames);
        public TripOption[] Pairs => Options?.Options ?? [];
    }

    public static async Task<IResult> ShowAsync(TreatmentPlan plan, string key, Wishes wishes, string? refused, CycleClient trips, Texts texts, CancellationToken ct)
    {
        var errors = new FormErrors();
        var (first, back) = (ChooseDates.Day(wishes.From, "from", errors, texts), ChooseDates.Day(wishes.Return, "return", errors, texts));
        var hours = ChooseDates.Parts.FirstOrDefault(one => one.Name == wishes.Part);

        // A trip begins with the day of arrival; Booking asks for the first visit, which is the day after.
        var answer = errors.Any || plan.State is "withdrawn" or "booked" or "expired" ? null : await trips.TripsAsync(plan.Id, new(first?.AddDays(1), back?.AddDays(1), hours.From, hours.To), key, ct);
        if (answer?.Problem is { } problem)
        {
            errors.Add(problem.Errors.ContainsKey("returnFrom") ? "return" : "from", texts["trips.wish-refused"]);
        }

        return Pages.Page<TripsPage>(
            new Model(plan, answer?.Value, wishes, errors, Guid.CreateVersion7().ToString("N"), refused),
            refused is not null ? StatusCodes.Status409Conflict : errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private static async Task<IResult> Keep(
        Guid id, IFormCollection form, HttpContext http, CourseClient courses, CycleClient trips, SecretCookies cookies, Texts texts, TimeProvider clock, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (plan, key, instead) = await ChooseDates.OpenAsync(id, courses, cookies, ct);
        if (plan is null)
        {
            return instead!;
        }

        var wishes = Wishes.Of(field => form[field]);
        if (!Guid.TryParse(form["option"], out var option))
        {
            return await ShowAsync(plan, key!, wishes, "none", trips, texts, ct);
        }

        var kept = await trips.HoldTripsAsync(option, key!, Keys.Of($"{form["key"]}|{id}|{option}"), ct);
        return kept.Value is { } hold
            ? ChooseDates.Begin(plan, hold, key!, cookies, clock)
            : await ShowAsync(plan, key!, wishes, kept.Problem!.Slug, trips, texts, ct);
    }
}
