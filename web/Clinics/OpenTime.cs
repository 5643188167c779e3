using System.Globalization;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Clinics;

/// <summary>Opens blocked time again, and undoes both: a block just made, or an opening just made.</summary>
public static class OpenTime
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/blocks/open", Handle);
        console.MapPost("/blocks/restore", RestoreAsync);
    }

    private static async Task<IResult> Handle([FromForm] DateOnly date, [FromForm] string? ids, ClinicClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var wanted = (ids ?? "").Split(',').Select(id => Guid.TryParse(id, out var block) ? block : Guid.Empty).Where(id => id != Guid.Empty).Take(Most).ToArray();
        var day = (await client.DayAsync(date, ct)).Value;
        var known = day?.Resources.SelectMany(resource => resource.Allocations.Select(taken => (resource, taken))).Where(pair => pair.taken.State == "blocked").ToDictionary(pair => pair.taken.Id) ?? [];
        var opened = 0;
        foreach (var id in wanted)
        {
            var answer = await client.OpenAsync(id, ct);
            if (answer.Problem is { Status: not StatusCodes.Status404NotFound })
            {
                return await ShowBoard.ShowAsync(client, user, new(date, null, null, null), answer.Problem.Status == StatusCodes.Status403Forbidden ? "forbidden" : "refused", null, ct);
            }

            opened += answer.Ok ? 1 : 0;
        }

        if (opened == 0)
        {
            return await ShowBoard.ShowAsync(client, user, new(date, null, null, null), "gone", null, ct);
        }

        if (wanted is [var only] && known.TryGetValue(only, out var was))
        {
            notices.Leave("opened", ("resource", $"{was.resource.Id}"), ("machine", was.resource.Name), ("start", Exact(was.taken.Start)), ("end", Exact(was.taken.End)), ("reason", was.taken.Reason));
        }
        else
        {
            notices.Leave("reopened", ("count", $"{opened}"));
        }

        return Pages.SeeOther(ShowBoard.Address(site, date));
    }

    private static async Task<IResult> RestoreAsync(
        [FromForm] DateOnly date, [FromForm] Guid resource, [FromForm] DateTimeOffset start, [FromForm] DateTimeOffset end, [FromForm] string? reason, [FromForm] string? key,
        ClinicClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var answer = await client.BlockAsync(resource, start, end, reason ?? "", Guid.TryParse(key, out var once) ? $"{once}" : $"{Guid.CreateVersion7()}", ct);
        if (answer.Problem is { } problem)
        {
            return await ShowBoard.ShowAsync(client, user, new(date, null, null, null), problem.Slug == "time-occupied" ? "taken-meanwhile" : "refused", null, ct);
        }

        notices.Leave("restored");
        return Pages.SeeOther(ShowBoard.Address(site, date));
    }

    private static string Exact(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
