using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Agreements;

/// <summary>Shows an agency its own terms: those in force, those that ended and those to come. The operator sees any agency's.</summary>
public static class ViewAgreement
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/agency/agreement", (HttpContext http, ReferralDb db, TimeProvider clock, CancellationToken ct) =>
            Handle(http.Caller().OrganisationId!.Value, db, clock, ct)).RequireOrganisation("agency");
        app.MapGet("/operator/agencies/{id:guid}/agreement", Handle).RequireOrganisation("operator");
        app.MapGet("/operator/agencies", List).RequireOrganisation("operator");
    }

    public sealed record View(Guid AgencyId, string AgencyName, bool Demo, TermView[] Terms, string Basis);

    public sealed record TermView(string ServiceLine, decimal Percent, DateOnly ValidFrom, DateOnly? ValidUntil, bool InForce);

    public sealed record AgencyView(Guid Id, string Name, bool Demo);

    private static async Task<Results<Ok<View>, ProblemHttpResult>> Handle(Guid id, ReferralDb db, TimeProvider clock, CancellationToken ct)
    {
        var agency = await db.Agencies.AsNoTracking().SingleOrDefaultAsync(agency => agency.Id == id, ct);
        if (agency is null)
        {
            return Problems.NotFound("agency-unknown", "No agency with this id is known yet.");
        }

        var today = Agreement.DayOf(clock.GetUtcNow());
        var terms = await db.Agreements.AsNoTracking()
            .Where(agreement => agreement.AgencyId == id)
            .OrderBy(agreement => agreement.ServiceLine).ThenBy(agreement => agreement.ValidFrom)
            .Select(agreement => new TermView(
                agreement.ServiceLine,
                agreement.Percent,
                agreement.ValidFrom,
                agreement.ValidUntil,
                agreement.ValidFrom <= today && (agreement.ValidUntil == null || agreement.ValidUntil >= today)))
            .ToArrayAsync(ct);
        return TypedResults.Ok(new View(agency.Id, agency.Name, agency.Demo, terms, agency.Demo ? "illustrative" : "agreed"));
    }

    private static async Task<Ok<AgencyView[]>> List(ReferralDb db, CancellationToken ct) =>
        TypedResults.Ok(await db.Agencies.OrderBy(agency => agency.Name).Select(agency => new AgencyView(agency.Id, agency.Name, agency.Demo)).ToArrayAsync(ct));
}
