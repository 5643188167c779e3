using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Agreements;

/// <summary>
/// What an agency earns from patients it entered at an instant, for whoever must tell the patient before they book. Links say the same for themselves.
/// </summary>
public static class ShowTerms
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/agencies/{id:guid}/terms", Handle).AllowAnonymous().RequireRateLimiting("search");

    /// <remarks><c>percentByLine</c>: Percent of the price by service line; empty if no agreement was in force.</remarks>
    public sealed record Response(string AgencyName, Dictionary<string, decimal> PercentByLine, bool Demo);

    /// <remarks><c>at</c>: An instant; now if it is not given.</remarks>
    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid id, DateTimeOffset? at, ReferralDb db, TimeProvider clock, CancellationToken ct) =>
        await db.Agencies.AsNoTracking().SingleOrDefaultAsync(agency => agency.Id == id, ct) is { } agency
            ? TypedResults.Ok(new Response(agency.Name, await Agreement.InForceAsync(db, id, at ?? clock.GetUtcNow(), ct), agency.Demo))
            : Problems.NotFound("agency-unknown", "No agency with this id is known yet.");
}
