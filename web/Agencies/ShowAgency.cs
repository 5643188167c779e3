using System.Text.RegularExpressions;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Agencies;

/// <summary>The agency's home: totals, referral links, and a form for a new one.</summary>
public static partial class ShowAgency
{
    public static void Map(IEndpointRouteBuilder agency)
    {
        agency.MapGet("", (AgencyClient client, Notices notices, CancellationToken ct) => ShowAsync(client, notices.Take(), null, ct));
        agency.MapPost("/links", CreateAsync);
    }

    private static async Task<IResult> CreateAsync(
        [FromForm] string? label, [FromForm] string? address, [FromForm] string? key, AgencyClient client, Notices notices, Site site, CancellationToken ct)
    {
        label = label?.Trim() ?? "";
        var offer = OfferIn().Match(address ?? "") is { Success: true } match ? Guid.Parse(match.Value) : (Guid?)null;
        var typed = new AgencyHome.Typed(label, address?.Trim() ?? "");
        if (label.Length is 0 or > 80)
        {
            return await ShowAsync(client, null, typed with { Error = "label" }, ct);
        }

        if (typed.Address.Length > 0 && offer is null)
        {
            return await ShowAsync(client, null, typed with { Error = "address" }, ct);
        }

        var answer = await client.CreateLinkAsync(label, offer, Guid.TryParse(key, out var once) ? once.ToString() : Guid.CreateVersion7().ToString(), ct);
        if (answer.Problem is { } problem)
        {
            return await ShowAsync(client, null, typed with { Error = problem.Slug is "agency-unknown" ? "not-yet" : problem.Status == 403 ? "forbidden" : "refused" }, ct);
        }

        notices.Leave("created", ("code", answer.Value!.Code));
        return Pages.SeeOther(site.Url("/agency"));
    }

    private static async Task<IResult> ShowAsync(AgencyClient client, Notice? notice, AgencyHome.Typed? typed, CancellationToken ct)
    {
        var (summary, links) = (client.SummaryAsync(ct), client.LinksAsync(ct));
        return Pages.Page<AgencyHome>(
            new AgencyHome.View((await summary).OrThrow(), (await links).OrThrow(), notice?.Values.GetValueOrDefault("code"), typed ?? new("", "")),
            typed?.Error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>People paste the address of a treatment's page; its id is in it.</summary>
    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")]
    public static partial Regex OfferIn();
}
