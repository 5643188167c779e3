using MedTourism.Web.Feeds;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Calendars;

/// <summary>All calendars of a center: which times clash, what is taken from its other systems, and what is given to them. One import has a page of its own.</summary>
public static class ShowCalendars
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/calendars", (ClinicClient clinic, CalendarClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct) =>
            ShowAsync(clinic, client, user, notices.Take(), site, StatusCodes.Status200OK, ct));
        console.MapGet("/calendars/{id:guid}", ShowOneAsync);
    }

    public static async Task<IResult> ShowAsync(ClinicClient clinic, CalendarClient client, CurrentUser user, Notice? notice, Site site, int status, CancellationToken ct)
    {
        var (resources, imports, clashes) = (clinic.ResourcesAsync(ct), client.ImportsAsync(ct), client.ClashesAsync(ct));
        // Only who may make an address may see that there is one.
        var feeds = user.Person!.MaySchedule() ? (await client.FeedsAsync(ct)).OrThrow() : [];
        var made = notice is { Kind: "feed" } ? FeedAddress.Of(site, notice.Values["path"]) : null;
        return Pages.Page<CalendarsPage>(
            new CalendarsPage.View(user.Person!, (await resources).OrThrow(), (await imports).OrThrow(), (await clashes).OrThrow(), feeds, made, notice), status);
    }

    private static async Task<IResult> ShowOneAsync(Guid id, ClinicClient clinic, CalendarClient client, CurrentUser user, Notices notices, CancellationToken ct)
    {
        var (import, clashes) = (client.ImportAsync(id, ct), client.ClashesAsync(ct));
        if ((await import).Value is not { } found)
        {
            return Results.NotFound();
        }

        var all = (await clashes).OrThrow();
        var zone = (await clinic.ResourcesAsync(ct)).OrThrow().FirstOrDefault(one => one.Id == found.ResourceId)?.TimeZone ?? "Asia/Almaty";
        return Pages.Page<ImportPage>(new ImportPage.View(
            user.Person!, found, [.. all.Conflicts.Where(one => one.ImportId == id)], [.. all.Guesses.Where(one => one.ImportId == id)], zone, notices.Take()));
    }
}
