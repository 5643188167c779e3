using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Operator;

/// <summary>The messages of one error queue, and throwing away one that can never succeed. Asked once more before it is done; the service keeps who and when.</summary>
public static class DiscardError
{
    public static void Map(IEndpointRouteBuilder area)
    {
        area.MapGet("/messages/errors", (string? service, string? queue, OperatorClient client, ServiceAddresses services, Notices notices, CancellationToken ct) =>
            ShowAsync(service, queue, client, services, notices.Take(), null, ct));
        area.MapPost("/messages/errors/discard", DiscardAsync);
    }

    private static async Task<IResult> DiscardAsync(
        [FromForm] string service, [FromForm] string queue, [FromForm] string id, OperatorClient client, ServiceAddresses services, Notices notices, Site site, CancellationToken ct)
    {
        if (!services.Names.Contains(service))
        {
            return Results.BadRequest();
        }

        var answer = await client.DiscardErrorAsync(service, queue, id, ct);
        if (answer.Problem is { } problem)
        {
            return await ShowAsync(service, queue, client, services, null, problem.Status == StatusCodes.Status404NotFound ? "gone" : "refused", ct);
        }

        notices.Leave("discard");
        return Pages.SeeOther(Path(site, service, queue));
    }

    public static string Path(Site site, string service, string queue) =>
        site.Url("/operator/messages/errors") + QueryString.Create("service", service).Add("queue", queue);

    private static async Task<IResult> ShowAsync(
        string? service, string? queue, OperatorClient client, ServiceAddresses services, Notice? notice, string? error, CancellationToken ct)
    {
        if (service is null || queue is null || !services.Names.Contains(service))
        {
            return Results.NotFound();
        }

        var answer = await client.ErrorsAsync(service, queue, ct);
        return answer.Problem is { Status: StatusCodes.Status404NotFound }
            ? Results.NotFound()
            : Pages.Page<ErrorQueuePage>(
                new ErrorQueuePage.View(service, queue, answer.OrThrow().Messages, notice, error), error is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }
}
