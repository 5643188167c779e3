using MedTourism.Web.Shared;

namespace MedTourism.Web.Agencies;

/// <summary>Who came through the agency's links, page by page, and the same as a file.</summary>
public static class ListReferrals
{
    public static readonly string[] States = ["attributed", "pending", "void", "refused"];

    public static void Map(IEndpointRouteBuilder agency)
    {
        agency.MapGet("/referrals", Handle);
        agency.MapGet("/referrals.csv", DownloadAsync);
    }

    private static async Task<IResult> Handle(string? state, int? page, AgencyClient client, LineNames lines, CancellationToken ct)
    {
        state = States.Contains(state) ? state : null;
        var found = (await client.ReferralsAsync(state, Math.Clamp(page ?? 1, 1, 100_000), ct)).OrThrow();
        return Pages.Page<ReferralList>(new ReferralList.View(state, found, await lines.ReadAsync(ct)));
    }

    private static async Task DownloadAsync(HttpContext context, ReferralExport export, CancellationToken ct)
    {
        using var file = await export.OpenAsync(ct);
        if (!file.IsSuccessStatusCode)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"referrals.csv\"";
        await file.Content.CopyToAsync(context.Response.Body, ct);
    }
}
