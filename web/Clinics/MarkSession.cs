using System.Globalization;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Clinics;

/// <summary>Marks a session as delivered or missed, or takes the mark of the day back; whoever clicks on an old page is told what holds now.</summary>
public static class MarkSession
{
    public static readonly string[] Reasons = ["patient", "center", "other"];

    private static readonly string[] Verbs = ["delivered", "missed", "unmark"];

    public static void Map(IEndpointRouteBuilder console) => console.MapPost("/bookings/{booking:guid}/sessions/{session:guid}", Handle);

    private static async Task<IResult> Handle(
        Guid booking, Guid session, [FromForm] string? verb, [FromForm] string? expected, [FromForm] string? reason, [FromForm] string? day,
        ClinicClient client, Notices notices, Site site, CancellationToken ct)
    {
        if (!Verbs.Contains(verb))
        {
            return Results.NotFound();
        }

        var answer = await client.MarkAsync(session, verb!, expected is { Length: > 0 } ? expected : null, verb == "missed" && Reasons.Contains(reason) ? reason : null, ct);
        if (answer.Value is { } marked)
        {
            var undo = verb == "unmark" ? null : $"{session}";
            notices.Leave($"session-{verb}", ("n", $"{marked.Number}"), ("repair", $"{marked.RepairId}"), ("session", undo), ("booking", $"{booking}"), ("state", marked.State));
        }
        else
        {
            notices.Leave(answer.Problem!.Slug is "session-changed" or "session-not-markable" or "session-not-unmarkable" ? answer.Problem.Slug : "session-not-markable");
        }

        return Pages.SeeOther(DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? $"{site.Url("/console")}?date={date:yyyy-MM-dd}"
            : site.Url($"/console/bookings/{booking}"));
    }
}
