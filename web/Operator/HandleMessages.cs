using MedTourism.Web.Clients;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Operator;

/// <summary>Messages that could not be sent or consumed, and refunds the provider refused: tried again or, for messages, thrown away.</summary>
public static class HandleMessages
{
    public static void Map(IEndpointRouteBuilder area)
    {
        area.MapGet("/messages", (OperatorClient client, ServiceAddresses services, CurrentUser user, Notices notices, CancellationToken ct) => ShowAsync(client, services, user, notices.Take(), null, ct));
        area.MapPost("/messages/outbox", DecideAsync);
        area.MapPost("/messages/errors", ReplayAsync);
        area.MapPost("/messages/refunds", RetryRefundAsync);
    }

    private static async Task<IResult> DecideAsync(
        [FromForm] string service, [FromForm] long seq, [FromForm] string act, OperatorClient client, ServiceAddresses services, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        if (!services.Names.Contains(service) || act is not ("redrive" or "discard"))
        {
            return Results.BadRequest();
        }

        var answer = await client.DecideAsync(service, seq, act, ct);
        return await DoneAsync(answer.Problem, act, client, services, user, notices, site, ct);
    }

    private static async Task<IResult> ReplayAsync(
        [FromForm] string service, [FromForm] string queue, OperatorClient client, ServiceAddresses services, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        if (!services.Names.Contains(service))
        {
            return Results.BadRequest();
        }

        var answer = await client.ReplayAsync(service, queue, ct);
        return await DoneAsync(answer.Problem, "replay", client, services, user, notices, site, ct);
    }

    private static async Task<IResult> RetryRefundAsync([FromForm] Guid id, OperatorClient client, ServiceAddresses services, CurrentUser user, Notices notices, Site site, CancellationToken ct) =>
        await DoneAsync((await client.RetryRefundAsync(id, ct)).Problem, "refund", client, services, user, notices, site, ct);

    private static async Task<IResult> DoneAsync(
        Problem? problem, string act, OperatorClient client, ServiceAddresses services, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        if (problem is not null)
        {
            return await ShowAsync(client, services, user, null, problem.Status is StatusCodes.Status404NotFound or StatusCodes.Status409Conflict ? "gone" : "refused", ct);
        }

        notices.Leave(act);
        return Pages.SeeOther(site.Url("/operator/messages"));
    }

    private static async Task<IResult> ShowAsync(OperatorClient client, ServiceAddresses services, CurrentUser user, Notice? notice, string? error, CancellationToken ct)
    {
        await user.AccessTokenAsync();
        var queues = Task.WhenAll(services.Names.Select(service => CheckHealth.LookAsync(client, service, ct)));
        return Pages.Page<MessagesPage>(
            new MessagesPage.View(await queues, await RefundsAsync(client, services, ct), notice, error), error is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<FailedRefund[]?> RefundsAsync(OperatorClient client, ServiceAddresses services, CancellationToken ct)
    {
        try
        {
            return services.Names.Contains("Payment") ? (await client.FailedRefundsAsync(ct)).Value : [];
        }
        catch (ServiceUnavailableException)
        {
            return null;
        }
    }
}
