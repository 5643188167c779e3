using MedTourism.Booking.Sessions;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Holds;

/// <summary>A hold and the time left of it, for who has its key.</summary>
public static class ShowHold
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/holds/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");

    /// <summary>A wrong key and an unknown hold look alike.</summary>
    public static ProblemHttpResult Unknown() => Problems.NotFound("hold-unknown", "There is no such hold, or this key does not open it.");

    /// <summary>The hold, if the key opens it.</summary>
    public static async Task<Hold?> FindAsync(BookingDb db, Guid id, string? key, CancellationToken ct)
    {
        var hold = await db.Holds.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, ct);
        return hold is not null && (AccessKey.Opens(key, hold.AccessKeyHash) || await HoldKey.OpensAsync(db, id, key, ct)) ? hold : null;
    }

    /// <summary>The hold as it is now; its terms stay known even when the offer is no longer sold.</summary>
    public static async Task<HoldView> ViewAsync(BookingDb db, Guid id, BookingOptions options, CancellationToken ct)
    {
        var hold = await db.Holds.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var offer = await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == hold.OfferId, ct);
        var plan = hold.PlanId is { } planId ? await db.TreatmentPlans.AsNoTracking().SingleAsync(x => x.Id == planId, ct) : null;
        var sessions = plan is null ? null : await db.Sessions.AsNoTracking().Where(x => x.HoldId == id).OrderBy(x => x.Number).ToListAsync(ct);
        return HoldView.Of(hold, offer, await db.NowAsync(ct), options, plan: plan, sessions: sessions?.ConvertAll(SessionView.Of)) with
        {
            Agency = plan is null ? await EnteredBy.OfHoldAsync(db, id, ct) : null,
        };
    }

    private static async Task<Results<Ok<HoldView>, ProblemHttpResult>> Handle(
        Guid id, [FromHeader(Name = AccessKey.Header)] string? key, BookingDb db, IOptions<BookingOptions> options, CancellationToken ct) =>
        await FindAsync(db, id, key, ct) is { } hold ? TypedResults.Ok(await ViewAsync(db, hold.Id, options.Value, ct)) : Unknown();
}
