using MedTourism.Booking.Offers;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Tracers;

/// <summary>The center's examinations that can be bound to deliveries of tracer, for the form that enters one.</summary>
public static class ShowTracerTreatments
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/clinic/batches/treatments", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");

    /// <summary><see cref="Bound"/>: only starts with a dose are sold, because the center has entered a delivery for it.</summary>
    public sealed record Response(string ProcedureId, Dictionary<string, string> ProcedureNames, string TimeZone, bool Bound);

    private static async Task<Ok<List<Response>>> Handle(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var own = await db.OfferTerms.Where(x => x.CenterId == center && x.ServiceLine == TakeDose.Line).Select(x => x.OfferId).ToArrayAsync(ct);
        var offers = await OfferTerms.SoldAsync(db, own, ct);
        var bound = (await db.TracerBatches.AsNoTracking().Where(x => x.CenterId == center && !x.Withdrawn).Select(x => x.ProcedureIds).ToListAsync(ct))
            .SelectMany(ids => ids).ToHashSet();
        return TypedResults.Ok(offers.OrderBy(x => x.ProcedureId, StringComparer.Ordinal).DistinctBy(x => x.ProcedureId)
            .Select(x => new Response(x.ProcedureId, x.ProcedureNames, x.TimeZone, bound.Contains(x.ProcedureId))).ToList());
    }
}
