using MedTourism.Referral.Agreements;
using MedTourism.Referral.Links;
using MedTourism.Referral.Referrals;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Visits;

/// <summary>
/// Counts that a link was followed and says whose it is and what the agency earns. The caller keeps the first touch; only it counts, for 90 days.
/// A repeated request counts again: it is a counter, not a debt.
/// </summary>
public static class RecordVisit
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/visits", Handle).AllowAnonymous().RequireRateLimiting("write");

    public sealed record Request(string? Code);

    public sealed record Response(
        string Code, string AgencyName, Guid? OfferId, DateTimeOffset TouchedAt, DateTimeOffset ExpiresAt, Dictionary<string, decimal> PercentByLine, bool Demo);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Request request, ReferralDb db, CancellationToken ct)
    {
        var code = ReferralLink.Normalise(request.Code);
        var link = await db.Links.AsNoTracking().SingleOrDefaultAsync(link => link.Code == code, ct);
        if (link is null)
        {
            return Problems.NotFound("referral-unknown", "This referral code is not known.");
        }

        var touchedAt = await db.Database.SqlQuery<DateTimeOffset>(
            $"""
            INSERT INTO visits(link_id, day, count) VALUES ({link.Id}, (now() AT TIME ZONE 'UTC')::date, 1)
            ON CONFLICT (link_id, day) DO UPDATE SET count = visits.count + 1
            RETURNING now() AS "Value"
            """).ToListAsync(ct);
        var agency = await db.Agencies.AsNoTracking().SingleAsync(agency => agency.Id == link.AgencyId, ct);
        return TypedResults.Ok(new Response(
            link.Code,
            agency.Name,
            link.OfferId,
            touchedAt[0],
            touchedAt[0] + Attribution.TouchLasts,
            await Agreement.InForceAsync(db, agency.Id, touchedAt[0], ct),
            link.Demo));
    }
}
