using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Links;

/// <summary>Makes a referral link for the caller's agency.</summary>
public static class CreateLink
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/agency/links", Handle).RequireOrganisation("agency").RequireRateLimiting("write").Idempotent<ReferralDb>();

    public sealed record Request(string? Label, Guid? OfferId);

    private static async Task<Results<Created<ListLinks.LinkView>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, ReferralDb db, CancellationToken ct)
    {
        var label = request.Label?.Trim() ?? "";
        if (label.Length is 0 or > 80)
        {
            return Problems.Fields(("label", "must have 1 to 80 characters"));
        }

        var agencyId = http.Caller().OrganisationId!.Value;
        if (await db.Agencies.AsNoTracking().SingleOrDefaultAsync(agency => agency.Id == agencyId, ct) is not { } agency)
        {
            return Problems.Conflict("agency-unknown", "Your agency is not known here yet. Try again in a moment.");
        }

        var link = await InsertAsync(db, agencyId, label, request.OfferId, agency.Demo, ct);
        return TypedResults.Created($"/agency/links/{link.Id}", new ListLinks.LinkView(link.Id, link.Code, link.Label, link.OfferId, 0, 0, link.Demo, link.CreatedAt));
    }

    /// <summary>Draws codes until one is free; the unique constraint decides.</summary>
    private static async Task<ReferralLink> InsertAsync(ReferralDb db, Guid agencyId, string label, Guid? offerId, bool demo, CancellationToken ct)
    {
        while (true)
        {
            var inserted = await db.Links.FromSql(
                $"""
                INSERT INTO links(id, agency_id, code, label, offer_id, demo)
                VALUES ({Guid.CreateVersion7()}, {agencyId}, {ReferralLink.NewCode()}, {label}, {offerId}, {demo})
                ON CONFLICT ON CONSTRAINT one_link_per_code DO NOTHING
                RETURNING *
                """).AsNoTracking().ToListAsync(ct);
            if (inserted is [var link])
            {
                return link;
            }
        }
    }
}
