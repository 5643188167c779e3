using System.Globalization;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics;

/// <summary>Changes the usual week of a machine: each day in one or more stretches. Bookings already made stay.</summary>
public static class SetHours
{
    /// <summary>Two stretches a day can be typed, or as many as there are already: nothing is lost by saving.</summary>
    public static int Parts(ClinicResource resource) => Math.Max(2, resource.Hours.Where(hours => !EditHoursPage.HasDates(hours)).GroupBy(hours => hours.Weekday).Max(day => (int?)day.Count()) ?? 0);

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/hours/{id:guid}", ShowAsync);
        console.MapPost("/hours/{id:guid}", Handle).ProtectForm();
    }

    private static async Task<IResult> ShowAsync(Guid id, ClinicClient client, CurrentUser user, CancellationToken ct) =>
        await FindAsync(id, client, ct) is { } resource
            ? Pages.Page<EditHoursPage>(new EditHoursPage.View(user.Person!, resource, EditHoursPage.TypedOf(resource), []))
            : Results.NotFound();

    private static async Task<IResult> Handle(Guid id, HttpContext context, ClinicClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        if (await FindAsync(id, client, ct) is not { } resource)
        {
            return Results.NotFound();
        }

        var form = await context.Request.ReadFormAsync(ct);
        var typed = EditHoursPage.Fields(resource).ToDictionary(field => field, field => form[field].ToString().Trim());
        var errors = new List<string>();
        var hours = new List<OpeningHours>();
        foreach (var (weekday, part) in from weekday in Enumerable.Range(1, 7) from part in Enumerable.Range(1, Parts(resource)) select (weekday, part))
        {
            var (from, to) = (typed[EditHoursPage.Field(weekday, part, "from")], typed[EditHoursPage.Field(weekday, part, "to")]);
            if (from.Length + to.Length == 0)
            {
                continue;
            }

            if (ShowBoard.Time(from) is not { } opens || ShowBoard.Time(to) is not { } closes || opens == closes
                || hours.Any(other => other.Weekday == weekday && (closes <= opens || (opens < other.To && other.From < closes))))
            {
                errors.Add(EditHoursPage.Field(weekday, part, "from"));
                continue;
            }

            hours.Add(new(weekday, opens, closes));
        }

        // Hours with dates are not shown in this form, so they must survive it.
        hours.AddRange(resource.Hours.Where(EditHoursPage.HasDates).Select(dated => dated with { Note = null }));
        if (errors.Count == 0 && (await client.SetHoursAsync(id, hours, ct)).Problem is { } problem)
        {
            errors.Add(problem.Status == StatusCodes.Status403Forbidden ? "forbidden" : "refused");
        }

        if (errors.Count > 0)
        {
            return Pages.Page<EditHoursPage>(new EditHoursPage.View(user.Person!, resource, typed, errors), StatusCodes.Status422UnprocessableEntity);
        }

        notices.Leave("hours", ("machine", resource.Name));
        return Pages.SeeOther(site.Url("/console/hours"));
    }

    private static async Task<ClinicResource?> FindAsync(Guid id, ClinicClient client, CancellationToken ct) =>
        (await client.ResourcesAsync(ct)).OrThrow().FirstOrDefault(resource => resource.Id == id);

    public static string Written(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
