using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Clinics.Calendars;

/// <summary>Makes the address under which other systems read a machine's bookings, tells it once, and takes it back.</summary>
public static class KeepFeeds
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/calendars/feeds/{id:guid}", Handle);
        console.MapPost("/calendars/feeds/{id:guid}/end", EndAsync).ProtectForm();
    }

    private static async Task<IResult> Handle(Guid id, [FromForm] string? key, [FromForm] string? machine, CalendarClient client, Notices notices, Site site, CancellationToken ct)
    {
        var opened = await client.OpenFeedAsync(id, Guid.TryParse(key, out var once) ? $"{once}" : $"{Guid.CreateVersion7()}", ct);
        if (opened.Value is { } made)
        {
            notices.Leave("feed", ("path", made.Path), ("machine", machine));
        }
        else
        {
            notices.Leave("refused");
        }

        return Pages.SeeOther(site.Url("/console/calendars"));
    }

    private static async Task<IResult> EndAsync(Guid id, [FromForm] string? machine, CalendarClient client, Notices notices, Site site, CancellationToken ct)
    {
        // An address that is gone already is what was wanted.
        var ended = await client.EndFeedAsync(id, ct);
        notices.Leave(ended.Ok || ended.Problem!.Slug == "feed-unknown" ? "feed-ended" : "refused", ("machine", machine));
        return Pages.SeeOther(site.Url("/console/calendars"));
    }
}
