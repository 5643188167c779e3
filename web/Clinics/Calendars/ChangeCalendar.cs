using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Calendars;

/// <summary>Reads an imported calendar again, pauses it, goes on with it, or removes it with all it took.</summary>
public static class ChangeCalendar
{
    public static void Map(IEndpointRouteBuilder console)
    {
        foreach (var what in new[] { "read", "pause", "resume" })
        {
            console.MapPost($"/calendars/{{id:guid}}/{what}", (Guid id, CalendarClient client, Notices notices, Site site, CancellationToken ct) => Handle(id, what, client, notices, site, ct)).ProtectForm();
        }

        console.MapPost("/calendars/{id:guid}/remove", RemoveAsync).ProtectForm();
    }

    private static async Task<IResult> Handle(Guid id, string what, CalendarClient client, Notices notices, Site site, CancellationToken ct)
    {
        var done = await client.ChangeAsync(id, what, ct);
        notices.Leave(done.Ok ? what : done.Problem!.Slug == "import-read-recently" ? "recently" : "refused");
        return Pages.SeeOther(site.Url($"/console/calendars/{id}"));
    }

    private static async Task<IResult> RemoveAsync(Guid id, CalendarClient client, Notices notices, Site site, CancellationToken ct)
    {
        var removed = await client.RemoveAsync(id, ct);
        notices.Leave(removed.Ok || removed.Problem!.Slug == "import-unknown" ? "removed" : "refused");
        return Pages.SeeOther(site.Url("/console/calendars"));
    }
}
