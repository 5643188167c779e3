using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>Tells an agency in one look how its links do and what it earns.</summary>
public static class Summarise
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/agency/summary", Handle).RequireOrganisation("agency");

    public sealed record Summary(string? AgencyName, bool Demo, int Links, long Visits, int Bookings, ListReferrals.StateTotal[] Totals);

    private static async Task<Ok<Summary>> Handle(HttpContext http, ReferralDb db, CancellationToken ct)
    {
        var agencyId = http.Caller().OrganisationId!.Value;
        var agency = await db.Agencies.AsNoTracking().SingleOrDefaultAsync(agency => agency.Id == agencyId, ct);
        var links = db.Links.Where(link => link.AgencyId == agencyId);
        var referrals = ListReferrals.OfAgency(db, http);
        return TypedResults.Ok(new Summary(
            agency?.Name,
            agency?.Demo ?? false,
            await links.CountAsync(ct),
            await db.Visits.Where(visits => links.Any(link => link.Id == visits.LinkId)).SumAsync(visits => visits.Count, ct),
            await referrals.CountAsync(referral => referral.State != "refused", ct),
            await ListReferrals.TotalsAsync(referrals, ct)));
    }
}
