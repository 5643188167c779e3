using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>
/// What the one whose turn it is does with the offered time: declines it, so that it goes on at once and the entry keeps its place, or asks for a key to
/// its hold, for an agency's system or an account that does not have the letter at hand.
/// </summary>
public static class AnswerOffer
{
    private const int MostKeys = 10;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/waitlist/{id:guid}/decline", HandleDecline).AllowAnonymous().RequireRateLimiting("write");
        app.MapPost("/waitlist/{id:guid}/claim", HandleClaim).AllowAnonymous().RequireRateLimiting("write");
    }

    /// <remarks><c>holdId</c>: The offer that is meant; without it the one that is live.</remarks>
    public sealed record Request(Guid? HoldId);

    private static async Task<Results<Ok<WaitlistView>, ProblemHttpResult>> HandleDecline(
        Guid id, Request? request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await WaitlistAccess.FindAsync(db, http, id, ct) is null)
        {
            return WaitlistAccess.Unknown();
        }

        var declined = await db.InTransactionAsync(
            async () => await WaitlistAccess.LiveHoldAsync(db, id, ct) is { } holdId && (request?.HoldId ?? holdId) == holdId
                && await ReleaseHold.WithBookingAsync(db, bus, holdId, await db.NowAsync(ct), ct) is not null,
            ct);
        return declined ? TypedResults.Ok(await WaitlistView.LoadAsync(db, id, ct)) : NoOffer();
    }

    private static async Task<Results<Ok<HoldView>, ProblemHttpResult>> HandleClaim(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await WaitlistAccess.FindAsync(db, http, id, ct) is null)
        {
            return WaitlistAccess.Unknown();
        }

        if (await WaitlistAccess.LiveHoldAsync(db, id, ct) is not { } holdId)
        {
            return NoOffer();
        }

        var view = await ShowHold.ViewAsync(db, holdId, FreedTime.Options(db), ct);
        if (view.State != Hold.Held)
        {
            return NoOffer();
        }

        if (await db.HoldKeys.CountAsync(x => x.HoldId == holdId, ct) >= MostKeys)
        {
            return Problems.Conflict("too-many-keys", $"This hold has {MostKeys} keys already.", new() { ["limit"] = MostKeys });
        }

        var key = AccessKey.New();
        await HoldKey.AddAsync(db, holdId, AccessKey.Hash(key), ct);
        return TypedResults.Ok(view with { AccessKey = key });
    }

    private static ProblemHttpResult NoOffer() => Problems.Conflict("no-live-offer", "No time is held for this entry now, or another one than you mean.");
}
