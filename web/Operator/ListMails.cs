using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Operator;

/// <summary>Which letters wait, went or died; no addresses, no texts. A dead one can be tried again.</summary>
public static class ListMails
{
    public static readonly string[] States = ["waiting", "sent", "dead", "dropped"];

    public static void Map(IEndpointRouteBuilder area)
    {
        area.MapGet("/mails", (string? state, int? page, OperatorClient client, Notices notices, CancellationToken ct) => ShowAsync(state, page, client, notices.Take(), null, ct));
        area.MapPost("/mails/retry", RetryAsync);
    }

    private static async Task<IResult> RetryAsync([FromForm] Guid id, OperatorClient client, Notices notices, Site site, CancellationToken ct)
    {
        if ((await client.RetryMailAsync(id, ct)).Problem is not null)
        {
            return await ShowAsync("dead", 1, client, null, "gone", ct);
        }

        notices.Leave("mail");
        return Pages.SeeOther(site.Url("/operator/mails") + "?state=dead");
    }

    private static async Task<IResult> ShowAsync(string? state, int? page, OperatorClient client, Notice? notice, string? error, CancellationToken ct)
    {
        state = States.Contains(state) ? state : null;
        var found = (await client.MailsAsync(state, Math.Clamp(page ?? 1, 1, 100_000), ct)).OrThrow();
        return Pages.Page<MailsPage>(new MailsPage.View(state, found, notice, error), error is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }
}
