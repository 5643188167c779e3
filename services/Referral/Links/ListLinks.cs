using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Links;

/// <summary>Lists the links of the caller's agency, newest first, with how often they were followed and what came of it.</summary>
public static class ListLinks
{
    private const int Most = 500;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/agency/links", Handle).RequireOrganisation("agency");

    public sealed record LinkView(Guid Id, string Code, string Label, Guid? OfferId, long Visits, int Bookings, bool Demo, DateTimeOffset CreatedAt);

    private static async Task<Ok<LinkView[]>> Handle(HttpContext http, ReferralDb db, CancellationToken ct)
    {
        var agencyId = http.Caller().OrganisationId;
        return TypedResults.Ok(await db.Links.AsNoTracking()
            .Where(link => link.AgencyId == agencyId)
            .OrderByDescending(link => link.CreatedAt).ThenBy(link => link.Id)
            .Take(Most)
            .Select(link => new LinkView(
                link.Id,
                link.Code,
                link.Label,
                link.OfferId,
                db.Visits.Where(visits => visits.LinkId == link.Id).Sum(visits => visits.Count),
                db.Referrals.Count(referral => referral.LinkId == link.Id && referral.State != "refused"),
                link.Demo,
                link.CreatedAt))
            .ToArrayAsync(ct));
    }
}
