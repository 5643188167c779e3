using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Responses;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Entry;

/// <summary>How long a citizen of a country may stay without a visa on a given day, with the source and the day it was last checked.</summary>
public static class ShowVisaRules
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/visa-rules", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response>();

    public sealed record Response(
        string Country, DateOnly On, int VisaFreeDays, int WindowDays, int MaxInWindow, string Via, string? Note, DateOnly ValidFrom, DateOnly? ValidTo,
        string ValidityBasis, string? Basis, DateOnly CheckedOn, SourceView[] Sources);

    private static async Task<IResult> HandleAsync(string? country, string? on, CatalogDb db, TimeProvider clock, CancellationToken ct)
    {
        var parameters = new Parameters();
        var day = parameters.Date("on", on, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        var code = country?.ToUpperInvariant() ?? string.Empty;
        if (!await db.Countries.AnyAsync(one => one.Code == code, ct))
        {
            parameters.Wrong("country", "must be a two-letter country code; /countries lists them");
        }

        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var rule = await db.VisaRegimes.AsNoTracking()
            .SingleOrDefaultAsync(one => one.Country == code && one.ValidFrom <= day && (one.ValidTo == null || one.ValidTo >= day), ct);
        return rule is null
            ? Problems.NotFound("visa-rule-unknown", "No entry rule of this country is on file for this day. Ask a consulate of Kazakhstan.")
            : CachedJson.Of(new Response(
                rule.Country, day, rule.VisaFreeDays, rule.WindowDays, rule.MaxInWindow, rule.Via, rule.Note, rule.ValidFrom, rule.ValidTo, rule.ValidityBasis,
                rule.Basis, rule.CheckedOn, await SourceView.FindAsync(db, rule.Source is null ? [] : [rule.Source], ct)));
    }
}
